"""What the engine asks of the world, as protocols. Adapters are wired in `engine.bootstrap`."""

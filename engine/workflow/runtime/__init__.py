"""What runs: the graph of a definition, and the tokens of an instance on it."""

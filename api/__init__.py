"""The HTTP edge: a JSON API over the engine's commands and queries."""

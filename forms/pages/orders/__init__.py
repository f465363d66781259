"""Lists of work orders."""

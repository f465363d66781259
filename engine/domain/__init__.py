"""Pure business concepts: no database, no network, no wall clock."""

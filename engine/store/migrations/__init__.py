"""Alembic environment and versions, shipped with the program."""

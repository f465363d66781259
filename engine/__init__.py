"""The work-order engine: what is drawn runs, what ran is remembered."""

__version__ = "0.1.0"

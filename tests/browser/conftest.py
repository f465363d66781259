"""Fixtures of all browser tests."""

from tests.support.browser import browser, life, visit

__all__ = ["browser", "life", "visit"]

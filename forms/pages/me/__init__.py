"""The person: preferences, password, sessions, absences."""

from forms.pages.me import absences, choices, sessions
from forms.pages.me.blueprint import bp

__all__ = ["absences", "bp", "choices", "sessions"]

"""One sentence per kind of fact; the modules beside this one bring them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from engine.domain import facts as f
from forms.pages.events.names import Names

Teller = Callable[[Names, Any, str], str]
_tellers: dict[type[f.Fact], Teller] = {}
#: Kinds that have a sentence.
KNOWN: Final = _tellers.keys()
#: Fields in which people wrote something, the first that is there is shown under the sentence.
_WRITTEN: Final = ("text", "reason", "comment")


def tells(kind: type[f.Fact]) -> Callable[[Teller], Teller]:
    """Register the sentence of a kind of fact: names, the fact and who did it become text."""

    def register(teller: Teller) -> Teller:
        _tellers[kind] = teller
        return teller

    return register


def sentence(fact: f.Fact, actor: int | None, names: Names) -> str:
    """What happened, for people.

    Args:
        fact: What was recorded.
        actor: Who did it, None for the system.
        names: Words for what the fact names by number.
    """
    told = _tellers[type(fact)](names, fact, names.person(actor))
    return told[:1].upper() + told[1:]


def detail(fact: f.Fact) -> str:
    """What somebody wrote with it, empty for nothing."""
    # Reasons of these are codes of our own and stand in the sentence.
    if isinstance(fact, f.OrderHeld | f.TaskWithdrawn | f.JobClosed | f.IncidentClosed):
        return getattr(fact, "text", "")
    written = (getattr(fact, name, "") for name in _WRITTEN)
    return next((text for text in written if isinstance(text, str) and text), "")

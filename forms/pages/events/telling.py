"""One sentence per kind of fact; the modules beside this one bring them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from engine.domain import facts as f
from forms.pages.events.names import Names
from forms.pages.language import gettext
from forms.pages.moments import when

Teller = Callable[[Names, Any, str], str]
_tellers: dict[type[f.Fact], Teller] = {}
#: Kinds that have a sentence.
KNOWN: Final = _tellers.keys()
#: Fields in which people wrote something, the first that is there is shown under the sentence.
_WRITTEN: Final = ("text", "reason", "comment")
#: What plain sentences may name, beside ``who``; read from the fields of the same meaning.
_WORDS: Final[Mapping[str, Callable[[Names, Any], str]]] = {
    "task": lambda names, fact: names.task(fact.task),
    "step": lambda names, fact: names.step(fact),
    "person": lambda names, fact: names.person(fact.person),
    "receiver": lambda names, fact: names.person(fact.to),
    "people": lambda names, fact: names.people(fact.people),
    "at": lambda _names, fact: when(fact.expires_at),
}


class _Words(dict[str, str]):
    """The words a plain sentence asks for, found when it does."""

    def __init__(self, names: Names, fact: f.Fact, who: str) -> None:
        super().__init__(who=who)
        self._names, self._fact = names, fact

    def __missing__(self, name: str) -> str:
        return _WORDS[name](self._names, self._fact)


def plain(sentences: Mapping[type[f.Fact], str]) -> None:
    """Register kinds whose sentence is always the same, marked for translation."""
    for kind, text in sentences.items():
        _tellers[kind] = _plain(text)


def _plain(text: str) -> Teller:
    return lambda names, fact, who: gettext(text) % _Words(names, fact, who)


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

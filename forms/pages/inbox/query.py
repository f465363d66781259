"""A task list as its address says it: tab, order and filters, in one canonical query string."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, get_args
from urllib.parse import urlencode

import msgspec
from werkzeug.datastructures import MultiDict

from engine.domain.setup import Setup
from engine.queries.tabs import Sort, Tab
from engine.queries.task_filters import Filters

_TABS: Final = get_args(Tab)
_SORTS: Final = get_args(Sort)
#: Fields of an address with the values they may have.
CHOICES: Final[dict[str, tuple[str, ...]]] = {
    "grade": ("A", "B", "C"),
    "state": ("open", "claimed"),
    "purpose": ("work", "supervision", "extension", "signature"),
    "priority": ("60", "80"),
    "level": ("1", "2", "3"),
    "held": ("yes", "no"),
    "overdue": ("yes", "no"),
}
#: Name of a published variable and its value, in one field that may come several times.
VARIABLE: Final = "v"
_MOST_VARIABLES: Final = 5
_MOST_TEXT: Final = 100


class ListQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which tasks, in which order.

    Attributes:
        process: Key. unit: Code, covering what is below.
        text: Part of a name, number or title.
        variables: Names and values of published variables.
    """

    tab: Tab = "mine"
    sort: Sort = "due"
    process: str = ""
    unit: str = ""
    grade: str = ""
    state: str = ""
    purpose: str = ""
    priority: str = ""
    level: str = ""
    held: str = ""
    overdue: str = ""
    text: str = ""
    variables: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, args: MultiDict[str, str], setup: Setup) -> ListQuery:
        """What an address asks for; what makes no sense in it is left out."""
        process, unit = args.get("process", ""), args.get("unit", "")
        return cls(
            tab=next((tab for tab in _TABS if tab == args.get("tab")), "mine"),
            sort=next((sort for sort in _SORTS if sort == args.get("sort")), "due"),
            process=process if process in setup.latest else "",
            unit=unit if unit in setup.units_by_code else "",
            text=_plain(args.get("text", "")),
            variables=tuple(_variables(args.getlist(VARIABLE))),
            **{
                name: next((value for value in values if value == args.get(name)), "")
                for name, values in CHOICES.items()
            },
        )

    @property
    def filters(self) -> Filters:
        """What narrows the list."""
        return Filters(
            process=self.process or None,
            unit=self.unit or None,
            grade=self.grade or None,
            state=self.state or None,
            purpose=self.purpose or None,
            priority_min=int(self.priority) if self.priority else None,
            level_min=int(self.level) if self.level else None,
            is_held=_truth(self.held),
            is_overdue=_truth(self.overdue),
            text=self.text or None,
            variables=dict(self.variables),
        )

    @property
    def narrowed(self) -> int:
        """How many filters there are."""
        single = (*CHOICES, "process", "unit", "text")
        return sum(bool(getattr(self, name)) for name in single) + len(self.variables)

    def but(self, **changes: Any) -> str:
        """The query string with other values for some fields."""
        return msgspec.structs.replace(self, **changes).written

    @property
    def written(self) -> str:
        """The query string, without what is usual."""
        fields = msgspec.structs.asdict(self)
        variables = fields.pop("variables")
        pairs = [
            (name, value)
            for name, value in fields.items()
            if value and (name, value) not in (("tab", "mine"), ("sort", "due"))
        ]
        pairs += [(VARIABLE, f"{name}={value}") for name, value in variables]
        return urlencode(pairs)

    @property
    def here(self) -> str:
        """Path of the list."""
        return f"/inbox?{self.written}" if self.written else "/inbox"


def _truth(text: str) -> bool | None:
    return {"yes": True, "no": False}.get(text)


def _plain(text: str) -> str:
    shown = "".join(letter for letter in text if letter.isprintable())
    return shown.strip()[:_MOST_TEXT]


def _variables(given: Iterable[str]) -> Iterable[tuple[str, str]]:
    seen: dict[str, str] = {}
    for each in given:
        name, mark, value = _plain(each).partition("=")
        if name and mark and value:
            seen[name.strip()] = value.strip()
    return list(seen.items())[:_MOST_VARIABLES]

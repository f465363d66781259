"""An order list as its address says it: filters and order in one canonical query string.

Pages show it, exports and saved views keep it; what makes no sense in it is left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any, Final, get_args
from urllib.parse import parse_qsl, urlencode

import msgspec

from engine.domain.setup import Setup
from engine.queries.order_list import OrderFilters, Sort

_SORTS: Final = get_args(Sort)
#: Fields of an address with the values they may have.
CHOICES: Final[dict[str, tuple[str, ...]]] = {
    "status": ("open", "suspended", "ended"),
    "held": ("yes", "no"),
    "overdue": ("yes", "no"),
    "level": ("1", "2", "3"),
    "incident": ("yes", "no"),
}
#: Name of a published variable and its value, in one field that may come several times.
VARIABLE: Final = "v"
_SINGLE: Final = ("q", "process", "state", "unit", "customer", "since", "until", *CHOICES)
_MOST_VARIABLES, _MOST_TEXT, _MOST_STATE, _MOST_ID = 5, 100, 40, 10**15
_TRUTHS: Final = {"yes": True, "no": False}


class OrderQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which orders, in which order.

    Attributes:
        q: Words to search for. customer: Id. unit: Code, covering what is below.
        status: ``open`` is everything that has not ended.
        since, until: Days of the start, the last one included, as ``YYYY-MM-DD``.
        variables: Names and values of published variables.
    """

    q: str = ""
    process: str = ""
    state: str = ""
    status: str = ""
    unit: str = ""
    customer: str = ""
    since: str = ""
    until: str = ""
    held: str = ""
    overdue: str = ""
    level: str = ""
    incident: str = ""
    sort: Sort = "newest"
    variables: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]], setup: Setup) -> OrderQuery:
        """What an address asks for."""
        given: dict[str, str] = {}
        variables: dict[str, str] = {}
        for name, value in pairs:
            if name == VARIABLE:
                key, mark, wanted = _plain(value).partition("=")
                if key.strip() and mark and wanted.strip():
                    variables[key.strip()] = wanted.strip()
            else:
                given.setdefault(name, _plain(value))
        chosen = {
            name: given[name] for name, values in CHOICES.items() if given.get(name) in values
        }
        customer = given.get("customer", "")
        return cls(
            q=given.get("q", ""),
            process=_known(given.get("process"), setup.latest),
            unit=_known(given.get("unit"), setup.units_by_code),
            state=given.get("state", "")[:_MOST_STATE],
            customer=customer if _is_id(customer) else "",
            since=_day(given.get("since", "")),
            until=_day(given.get("until", "")),
            sort=next((sort for sort in _SORTS if sort == given.get("sort")), "newest"),
            variables=tuple(variables.items())[:_MOST_VARIABLES],
            **chosen,
        )

    @classmethod
    def read(cls, query: str, setup: Setup) -> OrderQuery:
        """As `of`, from a query string."""
        return cls.of(parse_qsl(query.lstrip("?")), setup)

    def filters(self, zone: tzinfo) -> OrderFilters:
        """What narrows the list; days begin at midnight of the zone."""
        return OrderFilters(
            text=self.q or None,
            process=self.process or None,
            state=self.state or None,
            status="suspended" if self.status == "suspended" else None,
            is_open={"open": True, "ended": False}.get(self.status),
            unit=self.unit or None,
            customer_id=int(self.customer) if self.customer else None,
            started_after=_midnight(self.since, zone),
            started_before=_midnight(self.until, zone, days=1),
            is_held=_TRUTHS.get(self.held),
            is_overdue=_TRUTHS.get(self.overdue),
            level_min=int(self.level) if self.level else None,
            has_incident=_TRUTHS.get(self.incident),
            variables=dict(self.variables),
        )

    @property
    def narrowed(self) -> int:
        """How many filters there are, the words apart."""
        return sum(bool(getattr(self, name)) for name in _SINGLE[1:]) + len(self.variables)

    def but(self, **changes: Any) -> str:
        """The query string with other values for some fields."""
        return msgspec.structs.replace(self, **changes).written

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Fields of the address, without what is usual."""
        pairs = [(name, getattr(self, name)) for name in _SINGLE if getattr(self, name)]
        if self.sort != "newest":
            pairs.append(("sort", self.sort))
        return pairs + [(VARIABLE, f"{name}={value}") for name, value in self.variables]

    @property
    def written(self) -> str:
        """The query string."""
        return urlencode(self.pairs)


def _plain(text: str) -> str:
    shown = "".join(letter for letter in text if letter.isprintable())
    return shown.strip()[:_MOST_TEXT]


def _known(code: str | None, among: Iterable[str]) -> str:
    return code if code is not None and code in among else ""


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and 0 < int(text) < _MOST_ID


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return ""


def _midnight(day: str, zone: tzinfo, *, days: int = 0) -> datetime | None:
    if not day:
        return None
    try:
        return datetime.combine(date.fromisoformat(day) + timedelta(days=days), time(), zone)
    except OverflowError:
        return None

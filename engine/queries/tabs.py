"""Which tasks each tab of the inbox holds, in parts that one index answers each.

Conditions name their parameters and never hold values, so statements made of them are built once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from engine.domain import access
from engine.domain.access import Act
from engine.domain.records import Person
from engine.store import tables as t
from engine.store.sets import among
from engine.store.types import Instant
from engine.store.view import View

Tab = Literal["mine", "group", "team", "done", "copied", "escalated", "snoozed"]
Sort = Literal["due", "priority", "opened"]

#: Beyond so many queues one scan is cheaper than a merge of many.
MOST_MERGED: Final = 40


class Part(NamedTuple):
    """Open tasks that meet a condition.

    Attributes:
        condition: Every task of it meets this.
        column: First column of the index that finds them in order; None if they are so few that
            sorting them beats any index.
    """

    condition: ColumnElement[bool]
    column: ColumnElement[Any] | None = None


class Chosen(NamedTuple):
    """A part as it is for somebody.

    Attributes:
        name: In `PARTS`.
        members: Values its column may have; their units are `unit_of`.
    """

    name: str
    members: Sequence[int | str] = ()

    @property
    def part(self) -> Part:
        """What it consists of."""
        return PARTS[self.name]


PERSON: Final = sa.bindparam("person", type_=sa.BigInteger())
NOW: Final = sa.bindparam("now", type_=Instant())

# Literals, not parameters: partial indexes are only used for conditions known when planning.
_FREE: Final = t.task.c.state == sa.literal_column("'open'")
_CLAIMED: Final = t.task.c.state == sa.literal_column("'claimed'")
_OPEN: Final = t.task.c.ended_at.is_(None)
_ESCALATED: Final = sa.or_(
    t.task.c.level > sa.literal_column("0"),
    t.task.c.purpose == sa.literal_column("'supervision'"),
)
_SNOOZED: Final = sa.select(t.snooze.c.task_id).where(
    t.snooze.c.person_id == PERSON, t.snooze.c.until > NOW
)
_AWAKE: Final = t.task.c.id.not_in(_SNOOZED)
_HELD: Final = sa.and_(_CLAIMED, t.task.c.assignee == PERSON)
_HELD_FOR: Final = sa.and_(_CLAIMED, among(t.task.c.assignee, "others"))
_LENT: Final = sa.and_(
    _OPEN, t.task.c.owner.is_not(None), t.task.c.owner == PERSON, t.task.c.assignee != PERSON
)
_LENT_FOR: Final = sa.and_(
    _OPEN,
    t.task.c.owner.is_not(None),
    among(t.task.c.owner, "others"),
    t.task.c.assignee != PERSON,
    sa.not_(among(t.task.c.assignee, "others")),
)
_NAMED: Final = t.task.c.id.in_(
    sa.select(t.task_user.c.task_id).where(t.task_user.c.person_id == PERSON)
)
_NAMED_FOR: Final = sa.and_(
    sa.not_(_NAMED),
    t.task.c.id.in_(
        sa.select(t.task_user.c.task_id).where(among(t.task_user.c.person_id, "others"))
    ),
)
_COPIED: Final = t.task.c.order_id.in_(
    sa.select(t.order_copy.c.order_id).where(t.order_copy.c.person_id == PERSON)
)
#: An expression no index fits: it filters rows that another index finds in order.
_QUEUED: Final = among(t.task.c.queue.concat(sa.literal_column("''")), "queues")
_LED: Final = among(t.task.c.unit_id, "led")
_ELSEWHERE: Final = sa.not_(sa.or_(sa.and_(_FREE, _QUEUED), _LED))

_PUT_OFF: Final = sa.and_(_OPEN, t.task.c.id.in_(_SNOOZED))
_REACHED: Final = sa.or_(_HELD, _LENT, _LED, sa.and_(_FREE, sa.or_(_QUEUED, _NAMED)))
_REACHED_FOR: Final = sa.or_(_HELD_FOR, _LENT_FOR, sa.and_(_FREE, _NAMED_FOR))

#: What tabs consist of; parts of one tab have no task in common.
PARTS: Final[Mapping[str, Part]] = {
    "held": Part(sa.and_(_HELD, _AWAKE)),
    "held_for": Part(sa.and_(_HELD_FOR, _AWAKE)),
    "lent": Part(sa.and_(_LENT, _AWAKE)),
    "lent_for": Part(sa.and_(_LENT_FOR, _AWAKE)),
    "free": Part(sa.and_(_FREE, _AWAKE), t.task.c.queue),
    "free_of_units": Part(sa.and_(_OPEN, _FREE, _QUEUED, _AWAKE), t.task.c.unit_id),
    "named": Part(sa.and_(_FREE, _NAMED, sa.not_(_QUEUED), _AWAKE)),
    "named_for": Part(sa.and_(_FREE, _NAMED_FOR, sa.not_(_QUEUED), _AWAKE)),
    "led": Part(_OPEN, t.task.c.unit_id),
    "copied": Part(sa.and_(_OPEN, _COPIED)),
    # Only what another tab would show: a task may have gone to others meanwhile.
    "snoozed": Part(sa.and_(_PUT_OFF, _REACHED)),
    "snoozed_for": Part(sa.and_(_PUT_OFF, sa.not_(_REACHED), _REACHED_FOR)),
    "escalated_led": Part(sa.and_(_OPEN, _ESCALATED, _AWAKE), t.task.c.unit_id),
    "escalated_free": Part(sa.and_(_OPEN, _ESCALATED, _FREE, _QUEUED, _AWAKE), t.task.c.unit_id),
    **{
        f"escalated_{name}": Part(sa.and_(each, _ESCALATED, _ELSEWHERE, _AWAKE))
        for name, each in (
            ("held", _HELD),
            ("held_for", _HELD_FOR),
            ("named", sa.and_(_FREE, _NAMED)),
            ("named_for", sa.and_(_FREE, _NAMED_FOR)),
        )
    },
}
#: Parts of each tab; those that end in ``_for`` are only for substitutes.
_TABS: Final[Mapping[Tab, tuple[str, ...]]] = {
    "mine": ("held", "held_for", "lent", "lent_for"),
    "group": ("free", "named", "named_for"),
    "team": ("led",),
    "done": (),
    "copied": ("copied",),
    "snoozed": ("snoozed", "snoozed_for"),
    "escalated": (
        "escalated_led",
        "escalated_free",
        "escalated_held",
        "escalated_held_for",
        "escalated_named",
        "escalated_named_for",
    ),
}
#: Tabs for which it matters whose queues the person serves.
_QUEUED_TABS: Final = frozenset({"group", "escalated", "snoozed"})


class Reach:
    """Where the tasks of the asking person are.

    Args:
        view: The moment.
        person: Who asks.
    """

    def __init__(self, view: View, person: Person) -> None:
        self._view = view
        self._person = person
        paths = access.visible_paths(person, Act.LEAD) or ("-",)
        self._led = [u.id for u in view.setup.units.values() if u.path.startswith(paths)]

    def values(self, tab: Tab) -> dict[str, Any]:
        """What the conditions of the tab's parts ask for by name."""
        found: dict[str, Any] = {
            "person": self._person.id,
            "now": self._view.now,
            "others": self._person.stands_for,
            "led": self._led,
        }
        return found | {"queues": self._view.queues} if tab in _QUEUED_TABS else found

    def parts(self, tab: Tab) -> list[Chosen]:
        """The tab in parts without a task in common; ``done`` has none."""
        is_substitute = bool(self._person.stands_for)
        names = (name for name in _TABS[tab] if is_substitute or not name.endswith("_for"))
        found = [Chosen(name, self._members(name)) for name in names]
        return [one for one in found if one.members or PARTS[one.name].column is None]

    def merged(self, tab: Tab) -> list[Chosen]:
        """As `parts`, with very many queues by their units."""
        found = self.parts(tab)
        if tab == "group" and len(self._view.queues) > MOST_MERGED:
            units = sorted({unit_of(name) for name in self._view.queues})
            found[0] = Chosen("free_of_units", units)
        return found

    def _members(self, part: str) -> Sequence[int | str]:
        if part == "free":
            return self._view.queues
        if part == "escalated_free":
            return sorted({unit_of(name) for name in self._view.queues} - {*self._led})
        return self._led if PARTS[part].column is not None else ()


def unit_of(member: int | str) -> int:
    """Unit of all tasks of a queue, by its name, or of a unit, by its id."""
    return int(member.partition("@")[2]) if isinstance(member, str) else member

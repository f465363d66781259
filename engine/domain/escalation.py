"""The escalation policy: which level is due when on a clock, to whom it goes and what it does.

A policy is a list of rows. Planning is a pure function of rows, clock and what has fired, so a
clock that is paused, resumed or extended is simply planned again.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from string import Formatter
from typing import Annotated, Literal

import msgspec

from engine.domain.calendar import WorkingCalendar
from engine.domain.calendar_data import Code
from engine.domain.sla import ClockPointError, SlaClock, instant_of, parse_point, used_at
from engine.errors import InvalidError

EVENT = "event:"

#: Applies to every SLA key that has no rows of its own at that level.
ANY_KEY = "*"
#: Events of the policy. Source: docs/clocks.md, escalation.
HOLD, REOPENED_AGAIN, HANDED_OVER_OFTEN = "hold", "reopened_again", "handed_over_often"

#: What the text of a rule may mention in braces.
TEXT_FIELDS = frozenset(
    {"work_order", "subject", "customer", "task", "clock", "due_at", "level", "assignee"}
)

Action = Literal["notify", "supervise", "reassign", "raise_priority"]

_NEVER = datetime.max.replace(tzinfo=UTC)
_SHORTEST_REPEAT = timedelta(minutes=1)


class EscalationRuleInvalidError(InvalidError):
    """A row of the escalation policy breaks a rule."""

    code = "escalation_rule_invalid"
    template = "Expected {field} of escalation rule {rule} to be {expected}, but it is {actual}."


class Receiver(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom a level is for, relative to the work order.

    Attributes:
        scope: ``assignee``: who works on the task (on the order's open tasks, for a clock of the
            order). ``own_unit``: holders of the role at the unit of the task. ``branch``: at the
            branch the unit belongs to. ``hq``: at headquarters.
        role: Role to hold there; None for the assignee.
    """

    scope: Literal["assignee", "own_unit", "branch", "hq"]
    role: Code | None = None


class EscalationRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One row of the escalation policy: class × level.

    Attributes:
        code: Stable name of the row; what has fired is remembered by it.
        sla_key: SLA key of the clock, or ``*``.
        order_class: Only for orders of this class (complaint class such as ``major``, or customer
            class such as ``A``), None for all.
        level: 0 reminds the one who works on it, 1 and up are superiors.
        trigger: A point on the clock (``75%``, ``+PT4H``, ``-PT30M``, ``at_start``), or
            ``event:<name>`` for something that happens to the order.
        actions: What is done; ``supervise`` opens a supervision task 督办 for the receiver.
        repeat: After this time on the clock it is notified again, until it stops.
        stop: ``clock_stopped``: not after the clock stopped. ``claimed``: nor once somebody has
            claimed the task. ``never``: goes on until the work order ends.
        text_zh, text_en: Sentence for the receiver; may mention ``{work_order}`` and the other
            names of `TEXT_FIELDS`.
    """

    code: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_.-]{0,62}$")]
    sla_key: Annotated[str, msgspec.Meta(pattern=r"^(\*|[a-z][a-z0-9_]{0,62})$")]
    order_class: str | None = None
    level: Annotated[int, msgspec.Meta(ge=0, le=9)]
    trigger: str
    receiver: Receiver
    actions: tuple[Action, ...]
    repeat: timedelta | None = None
    stop: Literal["clock_stopped", "claimed", "never"] = "clock_stopped"
    text_zh: str
    text_en: str

    @property
    def event(self) -> str | None:
        """Name of the event that triggers it, None if a point on the clock does."""
        return self.trigger[len(EVENT) :] if self.trigger.startswith(EVENT) else None

    def text(self, language: str, values: Mapping[str, object]) -> str:
        """The sentence for the receiver; names without a value are left empty.

        Args:
            language: ``zh``, or English for anything else.
            values: Values for `TEXT_FIELDS`.
        """
        wording = self.text_zh if language.startswith("zh") else self.text_en
        return wording.format_map({name: values.get(name, "") for name in TEXT_FIELDS})


class PlannedEscalation(msgspec.Struct, frozen=True, kw_only=True):
    """One rule at one instant.

    Attributes:
        planned_at: When it is (or was first) due by the clock.
        repetition: 0 for the first time; the latest one covered.
        missed: Repetitions after ``planned_at`` that are covered as well.
    """

    rule: EscalationRule
    planned_at: datetime
    repetition: int = 0
    missed: int = 0

    @property
    def level(self) -> int:
        """Level of the rule."""
        return self.rule.level

    @property
    def actions(self) -> tuple[Action, ...]:
        """What to do: a repetition notifies again, it never opens a second supervision task."""
        return self.rule.actions if self.repetition == self.missed else ("notify",)

    @property
    def mark(self) -> str:
        """What to remember once it has fired, see `remember`."""
        return f"{self.rule.code}#{self.repetition}"


def check_rule(rule: EscalationRule) -> None:
    """Check what the type of a row does not say.

    Raises:
        EscalationRuleInvalidError: With the field that is wrong.
    """
    if rule.event is None:
        try:
            parse_point(rule.trigger)
        except ClockPointError as error:
            raise _invalid(rule, "trigger", "a point on a clock or event:<name>") from error
    elif not rule.event:
        raise _invalid(rule, "trigger", "a point on a clock or event:<name>")
    if not rule.actions or len(set(rule.actions)) < len(rule.actions):
        raise _invalid(rule, "actions", "at least one, each once")
    if (rule.receiver.role is None) != (rule.receiver.scope == "assignee"):
        raise _invalid(rule, "receiver", "the assignee, or a role with a scope")
    if rule.repeat is not None and (rule.event is not None or rule.repeat < _SHORTEST_REPEAT):
        raise _invalid(rule, "repeat", "a minute or more, and only on a clock")
    for field in ("text_zh", "text_en"):
        if not _is_text(getattr(rule, field)):
            raise _invalid(rule, field, f"a text that mentions only {sorted(TEXT_FIELDS)}")


def plan(
    rules: Iterable[EscalationRule],
    clock: SlaClock,
    calendar: WorkingCalendar,
    classes: Sequence[str],
    *,
    fired: Iterable[str] = (),
    is_claimed: bool = False,
) -> tuple[PlannedEscalation, ...]:
    """What comes next for each rule that applies to a clock, earliest first.

    A fired rule stays fired: after an extension the same level does not come again, only its
    repetitions do. Nothing is planned for a point a paused clock has not reached.

    Args:
        rules: The whole policy.
        clock: The clock.
        calendar: Its calendar.
        classes: Classes of the order, the most significant first (complaint class, then customer
            class). Per level the most specific rows win: own SLA key before ``*``, then the
            class that is named first, then rows for all classes.
        fired: Marks of what has fired on this clock.
        is_claimed: Whether the task of the clock has been claimed.
    """
    last = _last_repetitions(fired)
    planned = []
    for rule in _applying(rules, clock.sla_key, classes, None):
        if not _is_stopped(rule, clock, is_claimed=is_claimed):
            following = _following(rule, clock, calendar, last.get(rule.code))
            if following is not None:
                planned.append(following)
    return tuple(sorted(planned, key=_order))


def next_after(
    rules: Iterable[EscalationRule],
    clock: SlaClock,
    calendar: WorkingCalendar,
    classes: Sequence[str],
    *,
    fired: Iterable[str] = (),
    is_claimed: bool = False,
) -> PlannedEscalation | None:
    """The next escalation of a clock, None if there is none to come. Arguments as `plan`."""
    planned = plan(rules, clock, calendar, classes, fired=fired, is_claimed=is_claimed)
    return planned[0] if planned else None


def due(
    rules: Iterable[EscalationRule],
    clock: SlaClock,
    calendar: WorkingCalendar,
    classes: Sequence[str],
    *,
    at: datetime,
    fired: Iterable[str] = (),
    is_claimed: bool = False,
) -> tuple[PlannedEscalation, ...]:
    """What is to be done at ``at``, earliest first; other arguments as `plan`.

    Repetitions that were missed in the meantime coalesce into one escalation with a count.
    """
    planned = plan(rules, clock, calendar, classes, fired=fired, is_claimed=is_claimed)
    return tuple(
        _coalesced(escalation, clock, calendar, at)
        for escalation in planned
        if escalation.planned_at <= at
    )


def on_event(
    rules: Iterable[EscalationRule], sla_key: str, classes: Sequence[str], event: str
) -> tuple[EscalationRule, ...]:
    """Rules to apply because something happened to the order, lowest level first.

    Args:
        rules: The whole policy.
        sla_key: SLA key of the order's clock.
        classes: As in `plan`.
        event: Name of the event, e.g. ``hold``.
    """
    return tuple(_applying(rules, sla_key, classes, event))


def remember(fired: Iterable[str], mark: str) -> tuple[str, ...]:
    """Marks after one more has fired: the latest repetition of each rule, sorted."""
    latest = _last_repetitions([*fired, mark])
    return tuple(f"{code}#{repetition}" for code, repetition in sorted(latest.items()))


def _invalid(rule: EscalationRule, field: str, expected: str) -> EscalationRuleInvalidError:
    return EscalationRuleInvalidError(
        rule=rule.code, field=field, expected=expected, actual=repr(getattr(rule, field))
    )


def _is_text(text: str) -> bool:
    """Whether a wording is safe to format: known plain names in braces, nothing else."""
    try:
        parts = list(Formatter().parse(text))
    except ValueError:
        return False
    names = [(name, form, conversion) for _, name, form, conversion in parts if name is not None]
    return bool(text.strip()) and all(
        name in TEXT_FIELDS and not form and not conversion for name, form, conversion in names
    )


def _last_repetitions(fired: Iterable[str]) -> dict[str, int]:
    last: dict[str, int] = {}
    for mark in fired:
        code, _, count = mark.rpartition("#")
        last[code] = max(int(count), last.get(code, 0))
    return last


def _applying(
    rules: Iterable[EscalationRule], sla_key: str, classes: Sequence[str], event: str | None
) -> list[EscalationRule]:
    """Per level the rows of the most specific kind."""
    best: dict[int, tuple[bool, int]] = {}
    candidates = []
    for rule in rules:
        is_any = rule.sla_key == ANY_KEY
        if not (is_any or rule.sla_key == sla_key) or rule.event != event:
            continue
        if rule.order_class is None:
            vagueness = is_any, len(classes)
        elif rule.order_class in classes:
            vagueness = is_any, classes.index(rule.order_class)
        else:
            continue
        candidates.append((vagueness, rule))
        best[rule.level] = min(vagueness, best.get(rule.level, vagueness))
    chosen = [rule for vagueness, rule in candidates if vagueness == best[rule.level]]
    return sorted(chosen, key=lambda rule: (rule.level, rule.code))


def _is_stopped(rule: EscalationRule, clock: SlaClock, *, is_claimed: bool) -> bool:
    if rule.stop == "never":
        return False
    return clock.stopped_at is not None or (rule.stop == "claimed" and is_claimed)


def _following(
    rule: EscalationRule, clock: SlaClock, calendar: WorkingCalendar, last: int | None
) -> PlannedEscalation | None:
    if last is not None and rule.repeat is None:
        return None
    repetition = 0 if last is None else last + 1
    planned_at = _instant(rule, clock, calendar, repetition)
    if planned_at is None:
        return None
    return PlannedEscalation(rule=rule, planned_at=planned_at, repetition=repetition)


def _instant(
    rule: EscalationRule, clock: SlaClock, calendar: WorkingCalendar, repetition: int
) -> datetime | None:
    used = used_at(clock, rule.trigger)
    if repetition and rule.repeat is not None:
        used += repetition * rule.repeat
    return instant_of(clock, calendar, used)


def _coalesced(
    escalation: PlannedEscalation, clock: SlaClock, calendar: WorkingCalendar, at: datetime
) -> PlannedEscalation:
    rule, first = escalation.rule, escalation.repetition
    if rule.repeat is None:
        return escalation
    # Time on a clock never passes faster than time, except that a hard cap ends the budget.
    most = (at - escalation.planned_at + clock.budget) // rule.repeat
    missed = bisect_right(
        range(first + 1, first + most + 1),
        at,
        key=lambda repetition: _instant(rule, clock, calendar, repetition) or _NEVER,
    )
    return msgspec.structs.replace(escalation, repetition=first + missed, missed=missed)


def _order(escalation: PlannedEscalation) -> tuple[datetime, int, str]:
    return escalation.planned_at, escalation.level, escalation.rule.code

"""An order in motion during one command: its run, its clocks, and what it records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.domain import facts
from engine.domain.escalation import HANDED_OVER_OFTEN, REOPENED_AGAIN
from engine.domain.facts import Stream
from engine.domain.records import Order, Task
from engine.handlers.clocks import Clocks, number_of, task_id
from engine.handlers.context import Context
from engine.handlers.naming import unit_named
from engine.ports.kernel import Run, StepContext
from engine.store.lookups import NOBODY, Completer

#: Highest priority there is.
TOP_PRIORITY = 100
#: More hand-overs than this are an event of the escalation policy. Source: docs/clocks.md.
OFTEN = 3
#: Variables by which drawings count; what they add is added to the order's own count.
HANDOVERS, REOPENINGS = "handover_count", "reopen_count"

#: Numbers of tasks outside the drawing start here; the kernel's stay below.
AD_HOC = 1 << 19


class Process:
    """An order in motion during one command.

    Args:
        context: The command's surroundings.
        order: The locked order; for a new one the values it starts with.
        variables: Variables to start with; None to load the stored run.
        message: Name of the message that starts it, if one does.

    Attributes:
        completed: Elements whose tasks this command completed, and by whom.
        completer: Who completed the task this command is about.
        skippable: Tasks just opened that are skipped if that person would have to do them, too.
        why_withdrawn: Reason of tasks the process takes away.
        operations: Numbers of jobs answered here; they are no external tasks.
        returned: Numbers of tasks sent back by this command: they have their own fact.
        signals: Signals thrown and not yet delivered to other orders.
        happened: Events of the escalation policy that its rules are still to be applied for.
        counted: What the drawing had counted before the present effect.
        reason: Why somebody ends the order, if somebody does.
    """

    def __init__(
        self,
        context: Context,
        order: Order,
        variables: Mapping[str, Any] | None = None,
        *,
        message: str | None = None,
    ) -> None:
        self.context = context
        self.order = order
        ledger = context.ledger
        self.clocks = Clocks(ledger, order, ())
        setup = ledger.setup
        calendar = setup.calendar_code(order.unit_id)
        step = StepContext(
            now=context.now,
            clocks=self.clocks,
            calendar=setup.calendar(calendar),
            zone=setup.calendar_data[calendar].zone,
        )
        self.run: Run = (
            context.kernel.load(order.kernel, step)
            if variables is None
            else context.kernel.start(order.definition_id, variables, step, message=message)
        )
        self.set_classes()
        self._ad_hoc = AD_HOC + order.seq
        self.published = ledger.setup.definition(order.definition_id).publish
        self.completed: dict[str, Completer] = {}
        self.completer = NOBODY
        self.skippable: list[facts.TaskOpened] = []
        self.why_withdrawn = "interrupted"
        self.state = order.state
        self.handovers = order.handovers
        self.counted = dict.fromkeys((HANDOVERS, REOPENINGS), 0)
        if variables is None:
            self.counted = {name: self._count(name) for name in self.counted}
        self.level = order.level
        self.priority = order.priority
        self.operations: set[int] = set()
        self.returned: set[int] = set()
        self.signals: list[str] = []
        self.happened: list[str] = []
        self.reason = ""

    # ---- recording --------------------------------------------------------------------------

    def completing(self, task: Task, by: int | None = None) -> None:
        """Remember who completes which element in this very command: the caller unless given."""
        caller = self.context.by
        person = by if by is not None or caller is None else caller.id
        self.completer = self.completed[task.element] = Completer(person, task.stood_for)

    def record(self, *new: facts.Fact, actor: int | None = -1) -> None:
        """Append facts to the order's chain."""
        self.context.ledger.record(Stream.ORDER, self.order.id, *new, actor=actor)

    def reschedule(self, key: str) -> None:
        """Move the timers that read a clock."""
        name, _, task = key.partition(":")
        self.run.reschedule(name, number_of(int(task)) if name == "task" else None)

    # ---- counting ---------------------------------------------------------------------------

    def raise_priority(self, wanted: int, *, actor: int | None = -1) -> None:
        """Give the order and its open tasks a higher priority; a lower one changes nothing."""
        priority = min(wanted, TOP_PRIORITY)
        if priority <= self.priority:
            return
        self.priority = priority
        lower = (
            task.id
            for task in self.context.ledger.open_tasks(self.order.id)
            if task.priority < priority
        )
        self.record(facts.PriorityRaised(priority=priority, tasks=tuple(lower)), actor=actor)

    def count_handover(self, more: int = 1, *, actor: int | None = -1) -> None:
        """Count that responsibility changed hands; too often is an event of the policy."""
        before, self.handovers = self.handovers, self.handovers + more
        self.record(facts.HandoverCounted(count=self.handovers), actor=actor)
        if before <= OFTEN < self.handovers:
            self.happened.append(HANDED_OVER_OFTEN)

    def note_counters(self) -> None:
        """Take over what the drawing has counted since it was last looked at."""
        more = {name: self._count(name) - before for name, before in self.counted.items()}
        self.counted = {name: before + more[name] for name, before in self.counted.items()}
        if more[HANDOVERS] > 0:
            self.count_handover(more[HANDOVERS])
        if more[REOPENINGS] > 0 and self.counted[REOPENINGS] > 1:
            self.happened.append(REOPENED_AGAIN)

    def _count(self, name: str) -> int:
        value = self.run.variables.get(name)
        return value if isinstance(value, int) else 0

    # ---- tasks outside the drawing ----------------------------------------------------------

    def open_ad_hoc(self, *, purpose: str, name: str, name_en: str, **rest: Any) -> int:
        """Open a task that is not drawn; returns its id."""
        self._ad_hoc += 1
        task = task_id(self.order.id, self._ad_hoc)
        self.record(
            facts.TaskOpened(
                task=task,
                number=self._ad_hoc,
                element=purpose,
                definition_id=self.order.definition_id,
                purpose=purpose,
                name=name,
                name_en=name_en,
                held=self.clocks.held,
                **rest,
            )
        )
        return task

    # ---- small things -----------------------------------------------------------------------

    def unit_id(self, wanted: Any) -> int:
        """Unit a task belongs to by its extension property ``unit``.

        Raises:
            UnitUnknownError: It names a code nobody has.
        """
        setup = self.context.ledger.setup
        if wanted in (None, "", "order"):
            return self.order.unit_id
        if wanted == "hq":
            return setup.root.id
        return unit_named(setup, str(wanted)).id

    def person_id(self, login: str | None) -> int | None:
        """Id of an active person named by the drawing, else None."""
        if not login:
            return None
        person = self.context.ledger.person_by_login(login)
        return person.id if person is not None and person.is_active else None

    @property
    def customer_class(self) -> str | None:
        """Class of the customer as the process knows it."""
        value = self.run.variables.get("customer_class")
        return value if isinstance(value, str) else None

    def set_classes(self) -> None:
        """Tell the clocks the order's classes; they choose escalation rules by them."""
        self.clocks.classes = classes_of(self.run.variables)


def classes_of(variables: Mapping[str, Any]) -> tuple[str, ...]:
    """Complaint class and customer class, the most significant first."""
    wanted = (variables.get(name) for name in ("complaint_class", "customer_class"))
    return tuple(value for value in wanted if isinstance(value, str))

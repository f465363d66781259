"""Fast time: people act when they planned to, and what is due fires at its instant in between."""

from __future__ import annotations

import heapq
import itertools
import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import msgspec

from api.demonstration.customers import Customer
from api.demonstration.operator import STAFF
from engine.bootstrap import Application
from engine.domain import commands as c
from engine.domain import seed
from engine.domain.calendar import WorkingCalendar
from engine.domain.records import Order, Person, Task
from engine.handlers.results import CountResult, OrderResult, Result

_BATCH = 20
#: Working hours after which somebody looks again at an order that was on hold.
_LOOK_AGAIN = 2.0


class SimulatedClock:
    """A `Clock` that stands until it is moved, and only moves forward."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def now(self) -> datetime:
        """The instant it was moved to."""
        return self._now

    def move(self, to: datetime) -> None:
        """Let time pass, in whole milliseconds as everywhere."""
        whole = to.replace(microsecond=to.microsecond // 1000 * 1000)
        self._now = max(self._now, whole)


class SimulationError(Exception):
    """The story asks for something that cannot happen; a mistake in the demonstration."""


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """Something somebody does about a task.

    Attributes:
        after: Working hours since the task was opened.
        do: The doing.
        works: Whether it is work on the task, which waits while the order is on hold.
        outlives: Whether it is done even if the task is over, as long as the order runs.
        then: What follows; ``after`` counts from this act.
    """

    after: float
    do: Callable[[Scene], None]
    works: bool = True
    outlives: bool = False
    then: tuple[Act, ...] = ()


class Story(msgspec.Struct, frozen=True, kw_only=True):
    """One work order as it will go.

    Attributes:
        process: Key of the process.
        customer: Whose order it is.
        start_at: When it is opened.
        starter: Login of who opens it.
        values: Answers to the start form.
        plan: What happens at the first, second, … task of an element; the last entry holds for
            all further ones. None: nobody does anything. Elements that are missing go as usual.
        seed: Makes the usual ways differ from order to order.
    """

    process: str
    customer: Customer
    start_at: datetime
    starter: str
    values: dict[str, Any]
    plan: dict[str, Sequence[tuple[Act, ...] | None]]
    seed: int


class Scene(msgspec.Struct, frozen=True, kw_only=True):
    """Where an act takes place."""

    stage: Stage
    story: Story
    order: Order
    task: Task
    rng: random.Random

    @property
    def now(self) -> datetime:
        """The simulated instant."""
        return self.stage.clock.now()

    def worker(self) -> Person:
        """Who has the task or would take it."""
        return self.stage.worker(self.task)

    def someone(self, role: str) -> Person:
        """Somebody with a role where the order belongs."""
        return self.stage.someone(role, self.order.unit_id)

    def execute(self, command: c.Command, by: Person) -> Result:
        """Do something."""
        return self.stage.application.dispatcher.execute(command, by)


class Stage:
    """All stories at once on one application.

    Args:
        application: Runs on ``clock``.
        usual: What is done about a task its story says nothing of.
    """

    def __init__(
        self,
        application: Application,
        clock: SimulatedClock,
        usual: Callable[[Task, random.Random], tuple[Act, ...]],
    ) -> None:
        self.application = application
        self.clock = clock
        self.orders: list[int] = []
        self._usual = usual
        self._calendar = WorkingCalendar(
            next(calendar for calendar in seed.calendars() if calendar.code == "cn_office")
        )
        self._agenda: list[tuple[datetime, int, Callable[[], None]]] = []
        self._numbers = itertools.count()
        self._due: dict[int, datetime] = {}
        self._known: dict[int, set[int]] = {}
        self._seen: dict[tuple[int, str], int] = {}
        self._stories: dict[int, tuple[Story, random.Random]] = {}
        with application.dispatcher.view(None) as view:
            found = [view.person_by_login(member.login) for member in STAFF]
            self._people = {person.id: person for person in found if person is not None}
            self._by_login = {person.login: person for person in self._people.values()}
            self._paths = {unit.id: unit.path for unit in view.setup.units.values()}

    # ---- people -----------------------------------------------------------------------------

    def person(self, login: str) -> Person:
        """The person with this login."""
        return self._by_login[login]

    def someone(self, role: str, unit_id: int, *, barred: int | None = None) -> Person:
        """Who holds a role at a unit, the nearest one first.

        Raises:
            SimulationError: Nobody does.
        """
        path = self._paths[unit_id]
        holders = [
            person
            for person in self._people.values()
            if person.holds(role, path) and person.id != barred
        ]
        if not holders:
            message = f"nobody holds {role} at {path}"
            raise SimulationError(message)
        return min(holders, key=lambda person: -len(self._paths[person.unit_id]))

    def worker(self, task: Task) -> Person:
        """Who holds a task, or one of those who may take it."""
        if task.assignee is not None:
            return self._people[task.assignee]
        if task.users:
            return self._people[task.users[0]]
        return self.someone(task.roles[0], task.unit_id, barred=task.barred)

    # ---- running ----------------------------------------------------------------------------

    def tell(self, stories: Sequence[Story]) -> None:
        """Put stories on the agenda."""
        for story in stories:
            self._plan(story.start_at, partial(self._start, story))

    def run(self, until: datetime, progress: Callable[[datetime], None]) -> None:
        """Let time pass until an instant.

        Args:
            until: The end; what was planned for later stays undone.
            progress: Told the simulated instant after each step.
        """
        while True:
            due = min(self._due.values(), default=until)
            planned = self._agenda[0][0] if self._agenda else until
            if min(due, planned) >= until:
                break
            if due <= planned:
                self.clock.move(due)
                self._fire()
            else:
                self.clock.move(planned)
                heapq.heappop(self._agenda)[2]()
            progress(self.clock.now())
        self.clock.move(until)

    def working(self, start: datetime, hours: float) -> datetime:
        """When people are at work and have worked so long since ``start``."""
        opened = self._calendar.next_working(start)
        return self._calendar.add(opened, timedelta(hours=hours))

    def _plan(self, at: datetime, do: Callable[[], None]) -> None:
        heapq.heappush(self._agenda, (at, next(self._numbers), do))

    def _start(self, story: Story) -> None:
        result = self.application.dispatcher.execute(
            c.StartOrder(process=story.process, values=story.values, unit=story.customer.branch),
            self.person(story.starter),
        )
        if not isinstance(result, OrderResult):
            raise TypeError(result)
        self.orders.append(result.order_id)
        self._stories[result.order_id] = (story, random.Random(story.seed))  # noqa: S311
        self._look(result.order_id)

    def _fire(self) -> None:
        """Fire what is due now, as the metronome would."""
        ready = [order_id for order_id, at in self._due.items() if at <= self.clock.now()]
        done = 0
        while done < len(ready):
            result = self.application.dispatcher.execute(c.FireDue(limit=_BATCH), None)
            if not isinstance(result, CountResult) or result.count == 0:
                message = f"orders {ready} were due, but did not fire"
                raise SimulationError(message)
            done += result.count
        for order_id in ready:
            self._look(order_id)

    def _look(self, order_id: int) -> None:
        """See what has become of an order, and plan what people do about its new tasks."""
        order, tasks = self._read(order_id)
        if order.next_due_at is None:
            self._due.pop(order_id, None)
        else:
            self._due[order_id] = order.next_due_at
        known = self._known.setdefault(order_id, set())
        story, rng = self._stories[order_id]
        for task in tasks:
            if task.id not in known:
                known.add(task.id)
                for act in self._acts(order_id, story, task, rng):
                    self._intend(order_id, task, act)

    def _acts(
        self, order_id: int, story: Story, task: Task, rng: random.Random
    ) -> tuple[Act, ...]:
        planned = story.plan.get(task.element)
        if planned is None:
            return self._usual(task, rng)
        times = self._seen.get((order_id, task.element), 0)
        self._seen[order_id, task.element] = times + 1
        return planned[min(times, len(planned) - 1)] or ()

    def _intend(self, order_id: int, task: Task, act: Act) -> None:
        def perform() -> None:
            order, tasks = self._read(order_id)
            present = next((each for each in tasks if each.id == task.id), None)
            if order.status != "running" or (present is None and not act.outlives):
                return
            if act.works and order.held is not None:
                self._plan(self.working(self.clock.now(), _LOOK_AGAIN), perform)
                return
            story, rng = self._stories[order_id]
            act.do(Scene(stage=self, story=story, order=order, task=present or task, rng=rng))
            for following in act.then:
                self._intend(order_id, task, following)
            self._look(order_id)

        self._plan(self.working(self.clock.now(), act.after), perform)

    def _read(self, order_id: int) -> tuple[Order, list[Task]]:
        with self.application.dispatcher.view(None) as view:
            order = view.order(order_id)
            if order is None:
                raise SimulationError(order_id)
            return order, view.open_tasks(order_id)

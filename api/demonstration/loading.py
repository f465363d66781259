"""Loads the demonstration into an empty, migrated database."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import bpmn
from api.demonstration import customers, operator, stories
from api.demonstration.acts import usual
from api.demonstration.answers import start_of_day
from api.demonstration.simulation import SimulatedClock, Stage
from engine.bootstrap import Application
from engine.domain import commands as c
from engine.domain.access import SYSTEM
from engine.handlers.results import IdResult
from forms.definitions import all_forms

#: Told a line about each phase.
Report = Callable[[str], None]

_EVERY_DAYS = 5


def load(application: Application, clock: SimulatedClock, until: datetime, tell: Report) -> None:
    """Set the operator up and work its orders in fast time.

    The administrator is created last: without one the installation is incomplete.

    Args:
        application: Of an empty database, running on ``clock``.
        clock: Standing at `beginning` of ``until``.
        until: The present instant.
        tell: Told what was done.
    """
    _execute(application, operator.set_up())
    units = list(operator.units())
    _execute(application, units)
    forms = {f"{key}.json": form for key, form in all_forms().items()}
    files = {**bpmn.deployment(), **forms}
    _execute(application, [c.Deploy(files=files)])
    tell(f"{len(units)} units, {len(files)} files of processes, decisions and forms")
    staff = [member for member in operator.STAFF if member.login != operator.ADMINISTRATOR]
    for member in staff:
        _execute(application, operator.person(member))
    tell(f"{len(staff)} people")
    known = customers.customers(until.date())
    for customer in known:
        _enter(application, customer)
    tell(f"{len(known)} customers with contacts and contracts")
    _work(application, clock, known, until, tell)
    _execute(application, operator.person(operator.by_login(operator.ADMINISTRATOR)))


def beginning(until: datetime) -> datetime:
    """When the operator was set up: the day before the first order."""
    return start_of_day(until) - timedelta(days=stories.DAYS)


def _execute(application: Application, wanted: Iterable[c.Command]) -> None:
    for command in wanted:
        application.dispatcher.execute(command, SYSTEM)


def _enter(application: Application, customer: customers.Customer) -> None:
    result = application.dispatcher.execute(customers.save(customer), SYSTEM)
    if not isinstance(result, IdResult):
        raise TypeError(result)
    _execute(application, customers.belongings(customer, result.id))


def _work(
    application: Application,
    clock: SimulatedClock,
    known: tuple[customers.Customer, ...],
    until: datetime,
    tell: Report,
) -> None:
    stage = Stage(application, clock, usual)
    stage.tell(stories.stories(known, until))
    began = time.monotonic()
    told = clock.now()

    def progress(now: datetime) -> None:
        nonlocal told
        if now - told >= timedelta(days=_EVERY_DAYS):
            told = now
            tell(f"{len(stage.orders)} work orders until {now:%Y-%m-%d}")

    stage.run(until, progress)
    with application.dispatcher.view(None) as view:
        found = [view.order(order_id) for order_id in stage.orders]
    states = Counter(order.state for order in found if order is not None)
    shown = ", ".join(f"{count} {state}" for state, count in sorted(states.items()))
    tell(f"{len(stage.orders)} work orders in {time.monotonic() - began:.0f} s: {shown}")

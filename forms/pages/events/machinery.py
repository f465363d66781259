"""Sentences about what the process does by itself: timers, systems, clocks, escalations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from engine.domain import facts as f
from forms.pages.events.names import Names
from forms.pages.events.telling import plain, tells
from forms.pages.language import choose, gettext, mark, ngettext
from forms.pages.moments import hours, when
from forms.pages.words import action_word, problem_word, role_word

_CLOCK: Final[Mapping[str, str]] = {
    "started": mark("The clock of %(clock)s started; due %(due)s"),
    "paused": mark("The clock of %(clock)s was stopped for a while"),
    "resumed": mark("The clock of %(clock)s runs again; due %(due)s"),
    "extended": mark("%(clock)s got more time; due %(due)s"),
    "replanned": mark("The escalations of %(clock)s were planned anew"),
}
_JOB: Final[Mapping[str, str]] = {
    "completed": mark("A connected system answered for %(step)s"),
    "error": mark("A connected system reported an error for %(step)s"),
    "interrupted": mark("The request to a connected system for %(step)s was called off"),
}

plain(
    {
        f.TimerClosed: mark("The timer of %(step)s is off"),
        f.JobOpened: mark("%(step)s waits for a connected system"),
        f.OperationDone: mark("Done automatically: %(step)s"),
        f.MessageAwaited: mark("Waits to hear: %(step)s"),
        f.MessageReceived: mark("A message came in: %(step)s"),
        f.MessageClosed: mark("No longer waits to hear: %(step)s"),
        f.MessageThrown: mark("A message went out: %(step)s"),
        f.SignalThrown: mark("Other orders were told: %(step)s"),
    }
)


@tells(f.TimerSet)
def _(names: Names, fact: f.TimerSet, _who: str) -> str:
    step = names.step(fact)
    if fact.due_at is None:
        return gettext("The timer of %(step)s rests", step=step)
    return gettext("The timer of %(step)s is set to %(at)s", step=step, at=when(fact.due_at))


@tells(f.TimerFired)
def _(names: Names, fact: f.TimerFired, _who: str) -> str:
    step = names.step(fact)
    text = gettext("The timer of %(step)s went off", step=step)
    if not fact.missed:
        return text
    more = ngettext("%(num)d time was missed", "%(num)d times were missed", fact.missed)
    return gettext("; ").join((text, more))


@tells(f.JobClosed)
def _(names: Names, fact: f.JobClosed, _who: str) -> str:
    step = names.step(fact)
    return gettext(_JOB.get(fact.reason, _JOB["interrupted"]), step=step)


@tells(f.IncidentOpened)
def _(names: Names, fact: f.IncidentOpened, _who: str) -> str:
    return gettext(
        "%(step)s failed: %(problem)s. %(told)s",
        step=names.step(fact),
        problem=problem_word(fact.problem),
        told=choose(fact.message_zh or fact.message, fact.message),
    )


@tells(f.IncidentClosed)
def _(names: Names, fact: f.IncidentClosed, who: str) -> str:
    step = names.step(fact)
    if fact.reason == "resolved":
        return gettext("%(step)s goes on: %(who)s repaired the failure", step=step, who=who)
    return gettext("The failed step %(step)s was given up", step=step)


@tells(f.ClockSet)
def _(names: Names, fact: f.ClockSet, _who: str) -> str:
    due = when(fact.due_at) if fact.due_at is not None else gettext("not yet known")
    text = _CLOCK.get(fact.cause, _CLOCK["replanned"])
    return gettext(text, clock=names.clock(fact.key), due=due)


@tells(f.ClockStopped)
def _(names: Names, fact: f.ClockStopped, _who: str) -> str:
    used, clock = hours(fact.elapsed_seconds), names.clock(fact.key)
    if fact.met:
        return gettext("%(clock)s was done in time; used %(used)s", clock=clock, used=used)
    return gettext("%(clock)s was late; used %(used)s", clock=clock, used=used)


@tells(f.EscalationFired)
def _(names: Names, fact: f.EscalationFired, _who: str) -> str:
    actions = gettext(", ").join(action_word(action) for action in fact.actions)
    role = role_word(fact.role) if fact.role else ""
    people = names.people(fact.receivers)
    to = gettext("%(role)s %(people)s", role=role, people=people) if role else people
    if not fact.level:
        return gettext(
            "Reminder about %(clock)s, %(to)s: %(actions)s",
            clock=names.clock(fact.clock),
            to=to.strip() or gettext("nobody"),
            actions=actions,
        )
    return gettext(
        "%(clock)s escalated to level %(level)d, %(to)s: %(actions)s",
        clock=names.clock(fact.clock),
        level=fact.level,
        to=to.strip() or gettext("nobody"),
        actions=actions,
    )


@tells(f.ExtensionRequested)
def _(names: Names, fact: f.ExtensionRequested, who: str) -> str:
    return gettext(
        "%(who)s asked for time until %(at)s for %(task)s",
        who=who,
        at=when(fact.new_due_at),
        task=names.task(fact.task),
    )


@tells(f.ExtensionWithdrawn)
def _(names: Names, fact: f.ExtensionWithdrawn, who: str) -> str:
    task = names.asked(fact.extension)
    return gettext("%(who)s took the request for more time for %(task)s back", who=who, task=task)


@tells(f.ExtensionDecided)
def _(names: Names, fact: f.ExtensionDecided, who: str) -> str:
    task = names.asked(fact.extension)
    if fact.approved:
        return gettext("%(who)s granted more time for %(task)s", who=who, task=task)
    return gettext("%(who)s denied more time for %(task)s", who=who, task=task)

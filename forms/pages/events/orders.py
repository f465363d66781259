"""Sentences about whole work orders: their life, data, talk and files."""

from __future__ import annotations

from engine.domain import facts as f
from engine.domain.notices import NOTICES
from forms.pages.events.names import Names, quoted
from forms.pages.events.telling import plain, tells
from forms.pages.language import choose, gettext, mark, ngettext
from forms.pages.moments import when
from forms.pages.words import outcome_word, priority_word, state_word

plain(
    {
        f.OrderResumed: mark("%(who)s ended the hold; work goes on"),
        f.OrderSuspended: mark("%(who)s suspended the order"),
        f.OrderReactivated: mark("%(who)s let the suspended order go on"),
        f.Copied: mark("%(who)s copied the order to %(people)s"),
        f.CopyRemoved: mark("%(who)s no longer copies the order to %(people)s"),
        f.ContactRevealed: mark("%(who)s looked at the personal data of a contact"),
    }
)


@tells(f.OrderStarted)
def _(_names: Names, fact: f.OrderStarted, who: str) -> str:
    if fact.message is not None:
        return gettext("%(who)s opened the work order for a message from outside", who=who)
    return gettext("%(who)s opened the work order", who=who)


@tells(f.ElementsPassed)
def _(names: Names, fact: f.ElementsPassed, _who: str) -> str:
    steps = names.steps(fact.elements)
    if not steps:
        return gettext("The process went on")
    return gettext("The process went on: %(steps)s", steps=gettext(", ").join(steps))


@tells(f.VariablesChanged)
def _(names: Names, fact: f.VariablesChanged, _who: str) -> str:
    labels = names.values(fact.values)
    if not labels:
        return ngettext(
            "%(num)d internal value changed", "%(num)d internal values changed", len(fact.values)
        )
    return gettext("Data changed: %(labels)s", labels=labels)


@tells(f.VariablesPublished)
def _(names: Names, fact: f.VariablesPublished, _who: str) -> str:
    labels = names.values(fact.values)
    if not labels:
        return gettext("What lists show was brought up to date")
    return gettext("Shown in lists: %(labels)s", labels=labels)


@tells(f.StateEntered)
def _(_names: Names, fact: f.StateEntered, _who: str) -> str:
    return gettext("State: %(state)s", state=state_word(fact.state))


@tells(f.MilestoneReached)
def _(names: Names, fact: f.MilestoneReached, _who: str) -> str:
    return gettext("Milestone reached: %(name)s", name=names.milestone(fact.milestone))


@tells(f.PriorityRaised)
def _(_names: Names, fact: f.PriorityRaised, _who: str) -> str:
    return gettext("Priority raised: %(word)s", word=priority_word(fact.priority))


@tells(f.OrderHeld)
def _(names: Names, fact: f.OrderHeld, who: str) -> str:
    parts = [
        gettext(
            "%(who)s put the order on hold: %(reason)s", who=who, reason=names.hold(fact.reason)
        )
    ]
    if fact.until is not None:
        parts.append(gettext("until %(at)s", at=when(fact.until)))
    parts.append(gettext("the clocks stop") if fact.pauses else gettext("the clocks go on"))
    return gettext("; ").join(parts)


@tells(f.OrderEnded)
def _(_names: Names, fact: f.OrderEnded, _who: str) -> str:
    return gettext(
        "The work order ended: %(outcome)s; state: %(state)s",
        outcome=outcome_word(fact.outcome),
        state=state_word(fact.state),
    )


@tells(f.OrderUrged)
def _(_names: Names, fact: f.OrderUrged, who: str) -> str:
    return gettext("%(who)s urged, for the %(count)d. time", who=who, count=fact.count)


@tells(f.HandoverCounted)
def _(_names: Names, fact: f.HandoverCounted, _who: str) -> str:
    return ngettext("%(num)d hand-over so far", "%(num)d hand-overs so far", fact.count)


@tells(f.Instructed)
def _(names: Names, fact: f.Instructed, who: str) -> str:
    if fact.task is None:
        return gettext("%(who)s wrote an instruction", who=who)
    return gettext("%(who)s wrote an instruction on %(task)s", who=who, task=names.task(fact.task))


@tells(f.CommentAdded)
def _(names: Names, fact: f.CommentAdded, who: str) -> str:
    if fact.mentions:
        return gettext(
            "%(who)s commented and mentioned %(people)s",
            who=who,
            people=names.people(fact.mentions),
        )
    return gettext("%(who)s commented", who=who)


@tells(f.AttachmentAdded)
def _(_names: Names, fact: f.AttachmentAdded, who: str) -> str:
    return gettext("%(who)s attached %(name)s", who=who, name=quoted(fact.name))


@tells(f.Notified)
def _(names: Names, fact: f.Notified, _who: str) -> str:
    zh, en = NOTICES[fact.notice]
    subject = choose(zh, en).partition("{order}")[0].rstrip(":： ")
    return gettext(
        "%(people)s got a notice: %(subject)s", people=names.people(fact.people), subject=subject
    )

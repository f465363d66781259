"""代理: substitutes who stand in for absent people."""

from __future__ import annotations

from datetime import datetime

from engine.domain import access, commands, facts
from engine.domain.access import Act
from engine.domain.facts import Stream
from engine.domain.records import Absence, Person
from engine.errors import ConflictError, InvalidError, NotFoundError
from engine.handlers.context import Context
from engine.handlers.naming import people_named
from engine.handlers.results import IdResult


class AbsenceTimeError(InvalidError):
    """The time does not make sense."""

    code = "absence_time"
    template = "Expected an absence to end after it starts and after now, but it ends {ends_at}."


class SubstituteUnfitError(InvalidError):
    """Not everybody can stand in."""

    code = "substitute_unfit"
    template = "Expected another person of the units {absent} sees as substitute, not {login}."


class AbsenceOverlapsError(ConflictError):
    """Somebody is absent once at a time."""

    code = "absence_overlaps"
    template = "Expected {login} to have no other absence in that time, but there is one."


class SubstituteChainError(ConflictError):
    """A substitute has no substitute: nobody would know who acts for whom."""

    code = "substitute_chain"
    template = (
        "Expected {login} not to be absent, and {absent} not to stand in for others, in that "
        "time, but it is so."
    )


class AbsenceNotFoundError(NotFoundError):
    """No such absence the caller may end."""

    code = "absence_not_found"
    template = "Expected an absence {absence} that you may end, but there is none."


class AbsenceOverError(ConflictError):
    """It has ended already."""

    code = "absence_over"
    template = "Expected absence {absence} to last or to come, but it is over."


def save_absence(context: Context, command: commands.SaveAbsence) -> IdResult:
    """Let a substitute stand in for the caller, or for somebody the caller leads."""
    absent = _absent(context, command.login)
    (substitute,) = people_named(context.ledger, (command.substitute,))
    if not command.starts_at < command.ends_at or command.ends_at <= context.now:
        raise AbsenceTimeError(ends_at=command.ends_at.isoformat())
    _require_fit(context, absent, substitute)
    # Two absences entered at once could make a chain that neither sees.
    context.ledger.lock("absences")
    _require_free(context, absent, substitute, command.starts_at, command.ends_at)
    absence_id = context.ledger.next_id("absence")
    context.ledger.record(
        Stream.PERSON,
        absent.id,
        facts.AbsenceSaved(
            absence=absence_id,
            person=absent.id,
            substitute=substitute.id,
            starts_at=command.starts_at,
            ends_at=command.ends_at,
            reason=command.reason,
        ),
        facts.Notified(
            people=(substitute.id,),
            notice="substitute_named",
            params={"name": absent.name, "text": command.reason},
        ),
    )
    if absent.id != context.person.id:
        # Nobody is stood in for without knowing it.
        params = {"name": substitute.name, "text": f"{context.person.name} → {substitute.name}"}
        context.ledger.record(
            Stream.PERSON,
            absent.id,
            facts.Notified(people=(absent.id,), notice="substitute_set", params=params),
        )
    return IdResult(id=absence_id)


def _absent(context: Context, login: str | None) -> Person:
    """Who is absent: the caller, or one of the people the caller leads.

    Raises:
        PersonUnknownError, NotAllowedError: As they say.
    """
    if login is None or login == context.person.login:
        return context.person
    (absent,) = people_named(context.ledger, (login,))
    access.require(context.person, Act.LEAD, context.ledger.setup.unit(absent.unit_id).path)
    return absent


def _require_fit(context: Context, absent: Person, substitute: Person) -> None:
    setup = context.ledger.setup
    is_near = access.is_near(absent, setup.unit(substitute.unit_id).path) or access.may(
        substitute, Act.READ, setup.unit(absent.unit_id).path
    )
    if substitute.id == absent.id or not is_near:
        raise SubstituteUnfitError(absent=absent.login, login=substitute.login)


def _require_free(
    context: Context,
    absent: Person,
    substitute: Person,
    starts_at: datetime,
    ends_at: datetime,
) -> None:
    """No second absence in the time, and nobody who stands in is absent in turn."""
    around = context.ledger.absences((absent.id, substitute.id), starts_at, ends_at)
    if any(each.person_id == absent.id for each in around):
        raise AbsenceOverlapsError(login=absent.login)
    if any(each.person_id == substitute.id or each.substitute_id == absent.id for each in around):
        raise SubstituteChainError(login=substitute.login, absent=absent.login)


def end_absence(context: Context, command: commands.EndAbsence) -> IdResult:
    """End an absence now; the absent one may, and who leads them."""
    absence = context.ledger.absence(command.absence_id)
    if absence is None or not _may_end(context, absence):
        raise AbsenceNotFoundError(absence=command.absence_id)
    if absence.ends_at <= context.now:
        raise AbsenceOverError(absence=absence.id)
    context.ledger.record(Stream.PERSON, absence.person_id, facts.AbsenceEnded(absence=absence.id))
    return IdResult(id=absence.id)


def _may_end(context: Context, absence: Absence) -> bool:
    person = context.person
    if absence.person_id == person.id:
        return True
    absent = context.ledger.person(absence.person_id)
    return absent is not None and access.may(
        person, Act.LEAD, context.ledger.setup.unit(absent.unit_id).path
    )

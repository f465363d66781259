"""Commands about people, their roles and tokens."""

from __future__ import annotations

from datetime import timedelta

from engine.domain import access, commands, facts
from engine.domain.access import Act
from engine.domain.facts import Stream
from engine.errors import InvalidError, NotFoundError
from engine.handlers.context import Context
from engine.handlers.naming import unit_named
from engine.handlers.results import CountResult, IdResult, TokenResult

#: Longest life of a token. Source: ASVS 5.0 13.3, expiring secrets.
_MOST_DAYS = 365
_SHORTEST_PASSWORD = 8


class RoleUnknownError(InvalidError):
    """No such role."""

    code = "role_unknown"
    template = "Expected roles of {known}, but got {role}."


class PasswordWeakError(InvalidError):
    """The password is too short or missing."""

    code = "password_weak"
    template = "Expected a password of at least {least} characters, but got {actual}."


class PasswordWrongError(InvalidError):
    """The present password is not this one."""

    code = "password_wrong"
    template = "Expected the present password, but this is not it."


class PersonNotFoundError(NotFoundError):
    """No such person."""

    code = "person_not_found"
    template = "Expected a person {login}, but there is none."


class TokenNotFoundError(NotFoundError):
    """No such token of the caller."""

    code = "token_not_found"
    template = "Expected a token {token} of yours, but there is none."


class TokenLifeError(InvalidError):
    """A token must expire within a year."""

    code = "token_life"
    template = "Expected a life of 1 to {most} days, but got {days}."


def save_person(context: Context, command: commands.SavePerson) -> IdResult:
    """Create or change a person."""
    setup = context.ledger.setup
    unit = unit_named(setup, command.unit)
    access.require(context.person, Act.ADMINISTER, unit.path)
    present = context.ledger.person_by_login(command.login)
    if present is not None:
        access.require(context.person, Act.ADMINISTER, setup.unit(present.unit_id).path)
    if command.password is None and present is None:
        raise PasswordWeakError(least=_SHORTEST_PASSWORD, actual="none")
    if command.password is not None and len(command.password) < _SHORTEST_PASSWORD:
        raise PasswordWeakError(least=_SHORTEST_PASSWORD, actual=len(command.password))
    person_id = context.ledger.next_id("person") if present is None else present.id
    values = {
        "name": command.name,
        "unit_id": unit.id,
        "language": command.language,
        "email": command.email,
        "is_active": command.is_active,
    }
    if present is None:
        values["login"] = command.login
    context.ledger.record(
        Stream.PERSON,
        person_id,
        facts.PersonSaved(person=person_id, values=values, is_new=present is None),
    )
    if command.password is not None:
        context.ledger.papers.save_password(
            person_id, context.secrets.hash_password(command.password)
        )
    return IdResult(id=person_id)


def change_password(context: Context, command: commands.ChangePassword) -> IdResult:
    """Set one's own password; who was signed in by another token has to sign in again."""
    ledger, person = context.ledger, context.person
    hashed = ledger.papers.password_hash(person.id)
    if not context.secrets.verify_password(command.present, hashed):
        raise PasswordWrongError
    if len(command.new) < _SHORTEST_PASSWORD:
        raise PasswordWeakError(least=_SHORTEST_PASSWORD, actual=len(command.new))
    ledger.papers.save_password(person.id, context.secrets.hash_password(command.new))
    ledger.record(
        Stream.PERSON,
        person.id,
        *(
            facts.TokenRevoked(token=token)
            for token, digest in ledger.live_tokens(person.id)
            if digest != command.keep_digest
        ),
    )
    return IdResult(id=person.id)


def grant_roles(context: Context, command: commands.GrantRoles) -> IdResult:
    """Set all roles of a person; the caller must administer each unit concerned."""
    setup = context.ledger.setup
    access.require_anywhere(context.person, Act.ADMINISTER)
    person = context.ledger.person_by_login(command.login)
    if person is None:
        raise PersonNotFoundError(login=command.login)
    access.require(context.person, Act.ADMINISTER, setup.unit(person.unit_id).path)
    wanted = set()
    for role, code in command.grants:
        if role not in access.ROLES:
            raise RoleUnknownError(role=role, known=", ".join(sorted(access.ROLES)))
        wanted.add((role, unit_named(setup, code, field="grants").id))
    present = {(grant.role, grant.unit_id) for grant in person.grants}
    for _, unit_id in wanted ^ present:
        access.require(context.person, Act.ADMINISTER, setup.unit(unit_id).path)
    context.ledger.record(
        Stream.PERSON,
        person.id,
        facts.RolesGranted(
            person=person.id,
            grants=tuple(sorted(wanted)),
            added=tuple(sorted(wanted - present)),
            removed=tuple(sorted(present - wanted)),
        ),
    )
    return IdResult(id=person.id)


def issue_token(context: Context, command: commands.IssueToken) -> TokenResult:
    """Issue a token for the caller; the token itself is shown this once."""
    if not 1 <= command.days <= _MOST_DAYS:
        raise TokenLifeError(most=_MOST_DAYS, days=command.days)
    token, digest = context.secrets.new_token()
    token_id = context.ledger.next_id("token")
    context.ledger.record(
        Stream.PERSON,
        context.person.id,
        facts.TokenIssued(
            token=token_id,
            person=context.person.id,
            name=command.name,
            digest=digest,
            expires_at=context.now + timedelta(days=command.days),
        ),
    )
    return TokenResult(id=token_id, token=token)


def revoke_token(context: Context, command: commands.RevokeToken) -> IdResult:
    """Revoke one of the caller's tokens, at once."""
    if not context.ledger.owns_token(context.person.id, command.token_id):
        raise TokenNotFoundError(token=command.token_id)
    context.ledger.record(
        Stream.PERSON, context.person.id, facts.TokenRevoked(token=command.token_id)
    )
    return IdResult(id=command.token_id)


def read_notices(context: Context, command: commands.ReadNotices) -> CountResult:
    """Mark notices as read; those read before and those of others are left alone."""
    return CountResult(count=context.ledger.papers.mark_read(context.person.id, command.ids))

"""Passwords' hashes, failed sign-ins and tokens, as the identity reads and counts them."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
import sqlalchemy as sa

from engine.domain.records import Person
from engine.store import tables as t
from engine.store.database import Database
from engine.store.lookups import to_person
from engine.store.reading import PreparedSelect
from engine.store.setup import SETUP_SEQ, SetupCache

#: Failures before an account is blocked, and the first block; each further failure doubles it.
_FREE_FAILURES = 5
_FIRST_BLOCK = timedelta(seconds=5)
_LONGEST_BLOCK = timedelta(minutes=15)

_BY_TOKEN = PreparedSelect(
    sa.select(t.person, SETUP_SEQ.label("setup_seq"))
    .join(t.token, t.token.c.person_id == t.person.c.id)
    .where(
        t.token.c.digest == sa.bindparam("digest"),
        t.token.c.revoked_at.is_(None),
        t.token.c.expires_at > sa.bindparam("now", type_=t.token.c.expires_at.type),
        t.person.c.is_active,
    )
)
_BY_LOGIN = (
    sa.select(t.person, t.credential.c.password, t.credential.c.blocked_until)
    .join(t.credential, t.credential.c.person_id == t.person.c.id)
    .where(t.person.c.login == sa.bindparam("login"))
)


class Credential(msgspec.Struct, frozen=True, kw_only=True):
    """A person with the hash of the password and the end of a block, if there is one."""

    person: Person
    password: str
    blocked_until: datetime | None


class Credentials:
    """Reads and counts; every call is its own short transaction."""

    def __init__(self, database: Database, setups: SetupCache) -> None:
        self._database = database
        self._setups = setups

    def by_token(self, digest: str, now: datetime) -> Person | None:
        """The active person a live token belongs to; one query."""
        with self._database.glance() as connection:
            row = _BY_TOKEN.row(connection, {"digest": digest, "now": now})
            if row is None:
                return None
            return to_person(row, self._setups.get(connection, row["setup_seq"]))

    def by_login(self, login: str) -> Credential | None:
        """The person with this login, active or not, if it can sign in at all."""
        with self._database.read() as connection:
            row = connection.execute(_BY_LOGIN, {"login": login}).mappings().first()
            if row is None:
                return None
            return Credential(
                person=to_person(row, self._setups.get(connection)),
                password=row["password"],
                blocked_until=row["blocked_until"],
            )

    def count_failure(self, person_id: int, now: datetime) -> None:
        """Count a failed sign-in; from the fifth on the account is blocked for a while."""
        credential = t.credential.c
        with self._database.write() as connection:
            failures = connection.execute(
                sa.update(t.credential)
                .where(credential.person_id == person_id)
                .values(failures=credential.failures + 1)
                .returning(credential.failures)
            ).scalar_one()
            if failures >= _FREE_FAILURES:
                block = min(_FIRST_BLOCK * 2 ** min(failures - _FREE_FAILURES, 20), _LONGEST_BLOCK)
                connection.execute(
                    sa.update(t.credential)
                    .where(credential.person_id == person_id)
                    .values(blocked_until=now + block)
                )

    def forget_failures(self, person_id: int) -> None:
        """Start counting anew after a right password."""
        credential = t.credential.c
        with self._database.write() as connection:
            connection.execute(
                sa.update(t.credential)
                .where(credential.person_id == person_id, credential.failures > 0)
                .values(failures=0, blocked_until=None)
            )

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
FREE_FAILURES = 5
FIRST_BLOCK = timedelta(seconds=5)
LONGEST_BLOCK = timedelta(minutes=15)

_NOW = sa.bindparam("now", type_=t.token.c.expires_at.type)
# One row per person stood for: nearly always one row without any.
_BY_TOKEN = PreparedSelect(
    sa.select(t.person, SETUP_SEQ.label("setup_seq"), t.absence.c.person_id.label("stands_for"))
    .join(t.token, t.token.c.person_id == t.person.c.id)
    .outerjoin(
        t.absence,
        sa.and_(
            t.absence.c.substitute_id == t.person.c.id,
            t.absence.c.starts_at <= _NOW,
            t.absence.c.ends_at > _NOW,
        ),
    )
    .where(
        t.token.c.digest == sa.bindparam("digest"),
        t.token.c.revoked_at.is_(None),
        t.token.c.expires_at > _NOW,
        t.person.c.is_active,
    )
    .order_by(t.absence.c.person_id)
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
        """The active person a live token belongs to, and whom that one stands for; one query."""
        with self._database.glance() as connection:
            rows = _BY_TOKEN.rows(connection, {"digest": digest, "now": now})
            if not rows:
                return None
            found = to_person(rows[0], self._setups.get(connection, rows[0]["setup_seq"]))
        absent = tuple(row["stands_for"] for row in rows if row["stands_for"] is not None)
        return msgspec.structs.replace(found, stands_for=absent) if absent else found

    def token_id(self, digest: str) -> int:
        """Id of the token with this digest."""
        with self._database.glance() as connection:
            statement = sa.select(t.token.c.id).where(t.token.c.digest == digest)
            return int(connection.execute(statement).scalar_one())

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
            if failures >= FREE_FAILURES:
                block = min(FIRST_BLOCK * 2 ** min(failures - FREE_FAILURES, 20), LONGEST_BLOCK)
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

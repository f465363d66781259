"""Daily mails of what somebody has not read yet, one a day for whoever chose them.

A digest is due at a time of day on working days of the person's own calendar. Who sends it is
settled by the row of the person's choices: only the node that moves ``digested_at`` on puts the
mail into the outbox, in the same transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection

from engine.domain.notices import NOTICES, URGENT, wording
from engine.domain.setup import Setup
from engine.ports import Clock
from engine.store import tables as t
from engine.store.database import Database
from engine.store.mailing import calendar_of
from engine.store.setup import SetupCache

#: Notices named in one mail; beyond that it says how many more there are.
MOST_NOTICES = 100
#: What the very first digest looks back on.
_FIRST = timedelta(days=1)
#: A notice shows only when its command ends, a moment after the instant it carries.
_LATE = timedelta(minutes=1)


class _Reader(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who chose digests, with the last time one was made."""

    id: int
    unit_id: int
    language: str
    email: str
    digest_at: str
    digested_at: datetime | None


class Digests:
    """Makes the digests that are due; every one is its own transaction."""

    def __init__(self, database: Database, setups: SetupCache, clock: Clock) -> None:
        self._database = database
        self._setups = setups
        self._clock = clock

    def tick(self, limit: int = 500) -> int:
        """Make what is due, for up to ``limit`` people; number of mails put into the outbox."""
        now = self._clock.now()
        with self._database.read() as connection:
            setup = self._setups.get(connection)
            due = [reader for reader in _readers(connection) if _is_due(setup, reader, now)]
        return sum(self._make(setup, reader, now) for reader in due[:limit])

    def _make(self, setup: Setup, reader: _Reader, now: datetime) -> int:
        with self._database.write() as connection:
            if not _take(connection, reader, now):
                return 0
            since = reader.digested_at or now - _FIRST
            found = _unread(connection, reader, since - _LATE, now - _LATE)
            if not found:
                return 0
            zone = ZoneInfo(setup.calendar_data[setup.calendar_code(reader.unit_id)].zone)
            connection.execute(
                sa.insert(t.outbox).values(
                    event_id=f"digest-{reader.id}-{now.astimezone(zone):%Y%m%d%H%M%S}",
                    channel="mail",
                    recipient=reader.email,
                    kind="digest",
                    content=_written(found, reader.language, zone),
                    created_at=now,
                    attempts=0,
                    next_attempt_at=now,
                )
            )
        return 1


def _readers(connection: Connection) -> list[_Reader]:
    wish, person = t.preference.c, t.person.c
    statement = (
        sa.select(
            person.id, person.unit_id, person.language, person.email, wish.digest_at,
            wish.digested_at,
        )
        .join_from(t.preference, t.person, person.id == wish.person_id)
        .where(wish.mail == "digest", person.is_active, person.email.is_not(None))
        .order_by(person.id)
    )  # fmt: skip
    return [_Reader(**row) for row in connection.execute(statement).mappings() if row["email"]]


def _is_due(setup: Setup, reader: _Reader, now: datetime) -> bool:
    calendar = calendar_of(setup, reader.unit_id)
    if calendar is None:
        return False
    last = calendar.last_daily(now, time.fromisoformat(reader.digest_at))
    return last is not None and (reader.digested_at is None or reader.digested_at < last)


def _take(connection: Connection, reader: _Reader, now: datetime) -> bool:
    """Whether this digest is ours to make: nobody made it and nobody chose otherwise since."""
    wish = t.preference.c
    taken = connection.execute(
        sa.update(t.preference)
        .where(
            wish.person_id == reader.id,
            wish.mail == "digest",
            wish.digested_at.is_not_distinct_from(reader.digested_at),
        )
        .values(digested_at=now)
    )
    return taken.rowcount == 1


def _unread(
    connection: Connection, reader: _Reader, since: datetime, until: datetime
) -> Sequence[sa.RowMapping]:
    """Unread notices of a time, by order; urgent ones had mails of their own."""
    note, read, order = t.notification.c, t.notification_read.c, t.work_order.c
    statement = (
        sa.select(note.at, note.notice, note.params, order.number, order.title)
        .outerjoin_from(t.notification, t.work_order, order.id == note.order_id)
        .where(
            note.person_id == reader.id,
            note.at > since,
            note.at <= until,
            note.notice.not_in(sorted(URGENT)),
            ~sa.exists().where(read.event_id == note.event_id, read.person_id == reader.id),
        )
        .order_by(order.number, note.at, note.event_id)
    )
    return connection.execute(statement).mappings().all()


def _written(found: Sequence[sa.RowMapping], language: str, zone: ZoneInfo) -> dict[str, Any]:
    """Subject and text in the reader's language, one paragraph for each work order."""
    is_chinese = language == "zh"
    count = len(found)
    subject = f"每日汇总：{count} 条未读通知" if is_chinese else f"Daily digest: {count} unread"
    shown = found[:MOST_NOTICES]
    parts = [
        "\n".join(_paragraph(rows, language, zone))
        for _, rows in groupby(shown, key=lambda row: row["number"])
    ]
    if rest := count - len(shown):
        parts.append(f"另有 {rest} 条。" if is_chinese else f"And {rest} more.")
    return {"subject": subject, "text": "\n\n".join(parts), "language": language}


def _paragraph(rows: Iterable[sa.RowMapping], language: str, zone: ZoneInfo) -> list[str]:
    lines: list[str] = []
    for row in rows:
        number = row["number"] or ""
        if not lines and number:
            lines.append(f"{number}  {row['title']}")
        if row["notice"] not in NOTICES:
            continue
        params = {**(row["params"] or {}), "order": number}
        subject, _, detail = wording(row["notice"], language, params)[1].partition("\n\n")
        at = row["at"].astimezone(zone)
        told = f"{subject} {detail}".strip().replace("\n", " ")
        lines.append(f"  {at:%m-%d %H:%M}  {told}")
    return lines

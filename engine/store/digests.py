"""Daily mails of what somebody has not read yet, one a day for whoever chose them.

A digest is due at a time of day on working days of the person's own calendar. Who sends it is
settled by the row of the person's choices: only the node that moves ``digested_at`` on puts the
mail into the outbox, in the same transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection

from engine.domain.masking import masked_text
from engine.domain.notices import NOTICES, URGENT, wording
from engine.domain.setup import Setup
from engine.ports.clocks import Clock
from engine.ports.outbound import Passage
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
                    content=_written(setup, found, reader.language, zone),
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
        sa.select(
            note.at, note.notice, note.params, note.order_id, order.number, order.title,
            order.process_key,
        )
        .outerjoin_from(t.notification, t.work_order, order.id == note.order_id)
        .where(
            note.person_id == reader.id,
            note.at > since,
            note.at <= until,
            note.notice.not_in(sorted(URGENT)),
            ~sa.exists().where(read.event_id == note.event_id, read.person_id == reader.id),
        )
        .order_by(order.number, note.at, note.event_id)
    )  # fmt: skip
    return connection.execute(statement).mappings().all()


def _written(
    setup: Setup, found: Sequence[sa.RowMapping], language: str, zone: ZoneInfo
) -> dict[str, Any]:
    """Subject and passages in the reader's language, one passage for each work order."""
    is_chinese = language == "zh"
    count = len(found)
    subject = f"每日汇总：{count} 条未读通知" if is_chinese else f"Daily digest: {count} unread"
    shown = found[:MOST_NOTICES]
    passages = [
        _passage(setup, list(rows), language, zone)
        for _, rows in groupby(shown, key=lambda row: row["order_id"])
    ]
    if rest := count - len(shown):
        more = f"另有 {rest} 条。" if is_chinese else f"And {rest} more."
        passages.append(Passage(lines=(more,), path="/notifications"))
    return {"subject": subject, "passages": passages, "language": language}


def _passage(
    setup: Setup, rows: Sequence[sa.RowMapping], language: str, zone: ZoneInfo
) -> Passage:
    number, title = rows[0]["number"] or "", rows[0]["title"] or ""
    lines = []
    for row in rows:
        if row["notice"] not in NOTICES:
            continue
        # The heading says which order it is about.
        params = {**(row["params"] or {}), "order": ""}
        subject, detail = wording(row["notice"], language, params)
        at = row["at"].astimezone(zone)
        told = (subject, " ".join(masked_text(detail).split()))
        colon = "：" if language == "zh" else ": "
        lines.append(f"{at:%m-%d %H:%M}  {colon.join(part for part in told if part)}")
    if not number:
        return Passage(lines=tuple(lines), path="/notifications")
    title = setup.title_in(title, rows[0]["process_key"], language)
    return Passage(
        heading=f"{number}  {title}", lines=tuple(lines), path=f"/orders/{rows[0]['order_id']}"
    )

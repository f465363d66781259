"""Working papers: written at once, not part of the history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection

from engine.domain.records import Preferences
from engine.store import tables as t
from engine.store.changes import Changes
from engine.store.writing import write


class Papers:
    """Drafts, snoozes, views, choices, exports, passwords and deployed files.

    Args:
        connection: An open writing transaction.
        now: Instant of the command.
    """

    def __init__(self, connection: Connection, now: datetime) -> None:
        self.connection = connection
        self.now = now

    def draft_version(self, task_id: int, person_id: int) -> int:
        """Version of a person's draft of a task, 0 if there is none."""
        return (
            self.connection.execute(
                sa.select(t.draft.c.version).where(
                    t.draft.c.task_id == task_id, t.draft.c.person_id == person_id
                )
            ).scalar()
            or 0
        )

    def drafts_of(self, task_ids: Iterable[int]) -> set[int]:
        """Those of the tasks somebody has a draft of."""
        statement = sa.select(t.draft.c.task_id).where(t.draft.c.task_id.in_(tuple(task_ids)))
        return set(self.connection.execute(statement).scalars())

    def save_draft(
        self, task_id: int, person_id: int, values: Mapping[str, Any], version: int
    ) -> None:
        """Keep a person's half-filled values of a task."""
        changes = Changes()
        changes.put(
            t.draft,
            (task_id, person_id),
            {"values": values, "saved_at": self.now, "version": version},
        )
        write(self.connection, changes)

    def discard_draft(self, task_id: int, person_id: int) -> bool:
        """Drop a person's draft of a task; whether there was one."""
        draft = t.draft.c
        gone = self.connection.execute(
            sa.delete(t.draft).where(draft.task_id == task_id, draft.person_id == person_id)
        )
        return gone.rowcount > 0

    def pass_draft(self, task_id: int, giver: int, taker: int) -> None:
        """Let another person go on with somebody's draft; it replaces one they have."""
        draft = t.draft.c
        if self.draft_version(task_id, giver):
            self.discard_draft(task_id, taker)
            self.connection.execute(
                sa.update(t.draft)
                .where(draft.task_id == task_id, draft.person_id == giver)
                .values(person_id=taker)
            )

    def mark_read(self, person_id: int, ids: Iterable[str] | None) -> int:
        """Mark a person's unread notices, all or those given; how many there were."""
        note, read = t.notification.c, t.notification_read.c
        unread = sa.select(
            note.event_id, note.person_id, sa.literal(self.now, read.at.type)
        ).where(
            note.person_id == person_id,
            ~sa.exists().where(read.event_id == note.event_id, read.person_id == person_id),
        )
        if ids is not None:
            unread = unread.where(note.event_id.in_(tuple(ids)))
        marked = self.connection.execute(
            sa.insert(t.notification_read)
            .from_select(["event_id", "person_id", "at"], unread)
            .returning(t.notification_read.c.event_id)
        )
        return len(marked.all())

    def snooze(self, task_id: int, person_id: int, until: datetime) -> None:
        """Hide a task from a person's lists until an instant."""
        changes = Changes()
        changes.put(t.snooze, (person_id, task_id), {"until": until})
        write(self.connection, changes)

    def end_snooze(self, task_id: int, person_id: int) -> None:
        """Show a task again."""
        changes = Changes()
        changes.delete(t.snooze, (person_id, task_id))
        write(self.connection, changes)

    def save_preferences(self, person_id: int, chosen: Mapping[str, Any]) -> None:
        """Change some of a person's choices; a first choice comes with the usual others.

        Whoever chooses digests gets the first one about what happens from now on.
        """
        changes = Changes()
        mail = sa.select(t.preference.c.mail).where(t.preference.c.person_id == person_id)
        before = self.connection.execute(mail).scalar()
        values = dict(chosen)
        if values.get("mail") == "digest" != before:
            values["digested_at"] = self.now
        if before is None:
            usual = {**msgspec.structs.asdict(Preferences()), "digested_at": None}
            changes.put(t.preference, (person_id,), usual | values)
        elif values:
            changes.update(t.preference, (person_id,), values)
        write(self.connection, changes)

    def count_views(self, person_id: int) -> int:
        """How many views a person keeps."""
        statement = (
            sa.select(sa.func.count())
            .select_from(t.saved_view)
            .where(t.saved_view.c.person_id == person_id)
        )
        return int(self.connection.execute(statement).scalar_one())

    def owns_view(self, person_id: int, view_id: int) -> bool:
        """Whether a saved view belongs to a person."""
        view = t.saved_view.c
        statement = sa.select(view.id).where(view.id == view_id, view.person_id == person_id)
        return self.connection.execute(statement).first() is not None

    def save_view(self, view_id: int, values: Mapping[str, Any]) -> None:
        """Keep a named list; all columns but its id."""
        changes = Changes()
        changes.put(t.saved_view, (view_id,), dict(values))
        write(self.connection, changes)

    def remove_view(self, view_id: int) -> None:
        """Forget a named list."""
        changes = Changes()
        changes.delete(t.saved_view, (view_id,))
        write(self.connection, changes)

    def count_exports(self, person_id: int) -> int:
        """How many exports of a person are not over."""
        export = t.export.c
        statement = (
            sa.select(sa.func.count())
            .select_from(t.export)
            .where(export.person_id == person_id, export.ended_at.is_(None))
        )
        return int(self.connection.execute(statement).scalar_one())

    def add_export(self, export_id: int, person_id: int, file_format: str, query: str) -> None:
        """Let a list be written into a file."""
        changes = Changes()
        values = {
            "person_id": person_id,
            "format": file_format,
            "query": query,
            "state": "waiting",
            "done": 0,
            "asked_at": self.now,
        }
        changes.insert(t.export, (export_id,), values)
        write(self.connection, changes)

    def revive_letter(self, letter_id: int) -> bool:
        """Let a dead letter be tried again from now on; whether there was one."""
        box = t.outbox.c
        changed = self.connection.execute(
            sa.update(t.outbox)
            .where(box.id == letter_id, box.dead_at.is_not(None))
            .values(next_attempt_at=self.now, dead_at=None, attempts=0)
        )
        return changed.rowcount == 1

    def cancel_export(self, export_id: int, person_id: int) -> bool:
        """Call an unfinished export of a person off; whether there was one."""
        export = t.export.c
        changed = self.connection.execute(
            sa.update(t.export)
            .where(
                export.id == export_id, export.person_id == person_id, export.ended_at.is_(None)
            )
            .values(state="cancelled", ended_at=self.now)
        )
        return changed.rowcount == 1

    def finish_export(
        self, export_id: int, person_id: int, node: str, values: dict[str, Any]
    ) -> tuple[str, str] | None:
        """End an export of a person; format and query, None if the node lost it."""
        export = t.export.c
        found = self.connection.execute(
            sa.update(t.export)
            .where(
                export.id == export_id,
                export.person_id == person_id,
                export.node == node,
                export.state == "running",
            )
            .values(ended_at=self.now, **values)
            .returning(export.format, export.query)
        ).first()
        return None if found is None else (found.format, found.query)

    def password_hash(self, person_id: int) -> str | None:
        """Hash of a person's password, None for who cannot sign in."""
        credential = t.credential.c
        statement = sa.select(credential.password).where(credential.person_id == person_id)
        return self.connection.execute(statement).scalar()

    def save_password(self, person_id: int, hashed: str) -> None:
        """Keep a password's hash and forget failed attempts."""
        changes = Changes()
        changes.put(
            t.credential,
            (person_id,),
            {"password": hashed, "failures": 0, "blocked_until": None},
        )
        write(self.connection, changes)

    def save_resources(self, deployment: int, files: Mapping[str, bytes]) -> None:
        """Keep the files of a deployment; they never change."""
        self.connection.execute(
            sa.insert(t.resource),
            [
                {"deployment": deployment, "name": name, "content": content}
                for name, content in files.items()
            ],
        )

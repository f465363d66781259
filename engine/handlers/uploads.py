"""Files for work orders that are not open yet: sent first, named by the start form."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from engine.domain import access, commands, facts
from engine.domain.access import Act
from engine.domain.facts import Stream
from engine.errors import ConflictError
from engine.handlers.context import Context
from engine.handlers.results import IdResult
from engine.store import uploads

#: So many may wait per person.
_MOST: Final = 50


class TooManyUploadsError(ConflictError):
    """A person has as many files waiting as allowed."""

    code = "too_many_uploads"
    template = "Expected fewer than {most} files waiting for a work order, but you have that many."


def keep_upload(context: Context, command: commands.KeepUpload) -> IdResult:
    """Keep a stored file for an order that is not open yet; it becomes an attachment of its id."""
    ledger, person = context.ledger, context.person
    access.require_anywhere(person, Act.START)
    if uploads.count(ledger.connection, person.id) >= _MOST:
        raise TooManyUploadsError(most=_MOST)
    upload_id = ledger.next_id("attachment")
    values = {
        "name": command.name,
        "media_type": command.media_type,
        "size": command.size,
        "sha256": command.sha256,
    }
    uploads.add(ledger.connection, upload_id, person.id, context.now, values)
    return IdResult(id=upload_id)


def attach_uploads(context: Context, order_id: int, ids: Iterable[int]) -> None:
    """Make the caller's own waiting files attachments of an order."""
    connection = context.ledger.connection
    found = uploads.of(connection, context.person.id, ids)
    if not found:
        return
    context.ledger.record(
        Stream.ORDER,
        order_id,
        *(
            facts.AttachmentAdded(
                attachment=row["id"],
                name=row["name"],
                media_type=row["media_type"],
                size=row["size"],
                sha256=row["sha256"],
            )
            for row in found
        ),
    )
    uploads.remove(connection, [row["id"] for row in found])

"""Where somebody is signed in, and which programs may act for them."""

from __future__ import annotations

from datetime import datetime

import msgspec
import sqlalchemy as sa

from engine.queries.inbox import asker
from engine.store import tables as t
from engine.store.view import View

_MOST = 100


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A live token.

    Attributes:
        name: ``session`` for somebody at the desk, else what its owner called it.
        is_present: Whether it is the one the request came with.
    """

    id: int
    name: str
    issued_at: datetime
    expires_at: datetime
    is_present: bool


def sessions(view: View, digest: str) -> list[Session]:
    """Live tokens of the asking person, the present one first, then the newest.

    Args:
        view: The moment and who asks.
        digest: Digest of the token the request came with.
    """
    token = t.token.c
    is_present = token.digest == digest
    statement = (
        sa.select(
            token.id, token.name, token.issued_at, token.expires_at,
            is_present.label("is_present"),
        )
        .where(
            token.person_id == asker(view).id,
            token.revoked_at.is_(None),
            token.expires_at > view.now,
        )
        .order_by(sa.case((is_present, 0), else_=1), token.id.desc())
        .limit(_MOST)
    )  # fmt: skip
    return [
        Session(**{**row, "is_present": bool(row["is_present"])})
        for row in view.connection.execute(statement).mappings()
    ]

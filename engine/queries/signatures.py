"""The signing round around a task, as its worker, its signers and onlookers see it."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from engine.domain.records import Task
from engine.domain.signing import Signing, read
from engine.queries.names import names_of
from engine.store import tables as t
from engine.store.view import View


class RoundItem(msgspec.Struct, frozen=True, kw_only=True):
    """A signing round with the names of its people.

    Attributes:
        task_id, name, name_en: The task that is signed.
        names: People by id.
    """

    task_id: int
    name: str
    name_en: str
    signing: Signing
    names: dict[int, str]


def round_of(view: View, task: Task) -> RoundItem | None:
    """The round on a task, or that a signature task belongs to; None if there is none.

    The caller has checked that the task may be seen. Asks nothing for a task without a round.
    """
    target = (task.id, task.name, task.name_en, task.signing)
    if task.purpose == "signature":
        columns = (t.task.c.id, t.task.c.name, t.task.c.name_en, t.task.c.signing)
        row = view.connection.execute(sa.select(*columns).where(t.task.c.id == task.target)).one()
        target = (row.id, row.name, row.name_en, row.signing)
    signing = read(target[3])
    if signing is None:
        return None
    every = (*signing.signatures, *signing.earlier)
    people = {each.person for each in every} | {each.by for each in every}
    people.add(signing.submitted_by)
    return RoundItem(
        task_id=target[0],
        name=target[1],
        name_en=target[2],
        signing=signing,
        names=names_of(view, people),
    )

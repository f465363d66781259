"""What many acts ask."""

from __future__ import annotations

from typing import Final

from engine.domain.access import TaskNotFoundError
from engine.domain.records import Task
from forms.pages.acts.act import Field, Subject
from forms.pages.language import mark

#: Why, where it has to be said; and where it may be.
REASON: Final = Field(name="reason", label=mark("Reason"), kind="lines")
REMARK: Final = Field(name="reason", label=mark("Remark"), kind="lines", required=False)


def the_task(subject: Subject) -> Task:
    """The task an act is about.

    Raises:
        TaskNotFoundError: It is about an order.
    """
    if subject.task is None:
        raise TaskNotFoundError(task=0)
    return subject.task

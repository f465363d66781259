"""What somebody typed, shown back when it cannot be sent and its page is gone."""

from __future__ import annotations

from typing import Final

import msgspec
from flask import g, request
from werkzeug.exceptions import HTTPException

from forms.pages.caller import view
from forms.pages.labels import Labels

#: Fields of comments and acts that people write texts into; all others need a label.
_TEXTS: Final = frozenset({"text", "reason", "title"})


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One filled-in field; ``label`` is empty where the text speaks for itself."""

    label: str
    text: str


def kept() -> list[Line]:
    """What this request brought of what people type; nothing of what they choose or of secrets.

    The labels are those of all published processes: whether a task the person may not see has a
    form with such a field is not told.
    """
    if request.method != "POST" or "person" not in g:
        return []
    try:
        given = {name: ", ".join(texts).strip() for name, texts in request.form.lists()}
    except HTTPException:
        return []
    with view() as moment:
        labels = Labels(moment, moment.setup.latest.values())
    return [
        Line(
            label=labels.name(name) if labels.is_known(name) else "",
            text=labels.chosen(name, text),
        )
        for name, text in given.items()
        if text and (labels.is_known(name) or name in _TEXTS)
    ]

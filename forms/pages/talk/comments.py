"""Comments on an order, with mentions."""

from __future__ import annotations

from typing import Any, Final

from flask import Response, request

from engine.domain.commands import AddComment
from engine.handlers.results import IdResult
from engine.handlers.talk import MentionUnseenError
from engine.queries import people
from engine.queries.orders import visible_order
from forms.pages import replies
from forms.pages.acts.act import Field
from forms.pages.acts.values import read
from forms.pages.caller import execute, is_partial, view
from forms.pages.language import gettext, mark
from forms.pages.problems import told
from forms.pages.talk.blueprint import bp, given_id
from forms.pages.talk.reading import mentioned, talk
from forms.pages.toasts import Toast

_INVALID: Final = 422
_FIELDS: Final = (
    Field(name="text", label=mark("Comment"), kind="lines"),
    Field(name="mentions", label=mark("Tell also"), kind="people", required=False),
)


@bp.post("/orders/<int:order_id>/comments")
def comment(order_id: int) -> Response:
    """Write on an order; whoever is mentioned in it is told."""
    with view() as moment:
        visible_order(moment, order_id)
        filled = read(moment, _FIELDS, request.form, version=0)
        text = filled.typed["text"]
        named = [each.login for each in people.by_logins(moment, mentioned([text]))]
    if filled.errors:
        return _shown(order_id, filled.errors, filled.typed, _INVALID)
    said = AddComment(
        order_id=order_id,
        text=text,
        task_id=given_id("task_id"),
        mentions=tuple(dict.fromkeys((*filled.values["mentions"], *named))),
    )
    try:
        execute(said, IdResult)
    except MentionUnseenError as refused:
        return _shown(order_id, {"mentions": told(refused)}, filled.typed, _INVALID)
    if is_partial():
        return _shown(order_id, {}, {})
    return replies.back(f"/orders/{order_id}", Toast(text=gettext("Comment added.")))


def _shown(
    order_id: int, errors: dict[str, str], typed: dict[str, str], status: int = 200
) -> Response:
    """The comments, with what is wrong with the new one and what was typed."""
    with view() as moment:
        found = talk(moment, visible_order(moment, order_id), task_id=given_id("task_id"))
    values: dict[str, Any] = {
        "talk": found,
        "talk_errors": errors,
        "talk_typed": typed,
        "talk_back": replies.here(request.form.get("_back", ""), f"/orders/{order_id}"),
    }
    template = "talk/comments.html" if is_partial() else "talk/comments_page.html"
    return replies.page(template, status, **values)

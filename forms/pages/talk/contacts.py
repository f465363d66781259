"""Personal data of contacts: shown in full once, and that somebody looked is kept."""

from __future__ import annotations

from flask import Response, request

from engine.domain.commands import RevealContact
from engine.handlers.results import ContactResult
from forms.pages import replies
from forms.pages.caller import execute, is_partial
from forms.pages.talk.blueprint import bp, given_id


@bp.post("/contacts/<int:contact_id>/reveal")
def reveal(contact_id: int) -> Response:
    """The full telephone number and address of a contact; the look is recorded."""
    order_id = given_id("order_id")
    # Without a key: what a key remembers would keep the data once more.
    found = execute(
        RevealContact(contact_id=contact_id, order_id=order_id), ContactResult, keyed=False
    )
    default = f"/customers/{found.customer_id}" if order_id is None else f"/orders/{order_id}"
    response = replies.page(
        "talk/contact_full.html" if is_partial() else "talk/contact_page.html",
        contact=found,
        back=replies.here(request.form.get("_back", ""), default),
    )
    response.headers["Cache-Control"] = "no-store"
    return response

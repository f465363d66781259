"""Records to choose from while one types into a field of a form."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound

from engine.store.choices import RecordChoices
from forms.pages.caller import person, view
from forms.pages.language import language
from forms.pages.replies import page
from forms.rendering.choosing import record_label
from forms.rules import KINDS

bp = Blueprint("options", __name__)

_LISTED: Final = 20
_LONGEST: Final = 100


@bp.get("/options/<kind>")
def options(kind: str) -> Response:
    """Records of a kind whose name or number contains the text, as options of a list."""
    if kind not in KINDS:
        raise NotFound
    text = request.args.get("q", "")[:_LONGEST].strip()
    with view() as moment:
        found = RecordChoices(moment, person()).some(
            kind, text, customer=request.args.get("customer"), limit=_LISTED
        )
    labels = [record_label(one, language()) for one in found]
    return page("form/options.html", labels=labels)

"""Forms drawn by the templates of the desk, and what a browser would send of them."""

from __future__ import annotations

from functools import cache
from typing import Any

from flask import Flask
from jinja2 import StrictUndefined
from lxml import html

from forms.catalogue import FormJsCatalogue
from forms.pages import assets, language
from forms.rendering.drawing import draw
from forms.rendering.items import Sheet
from forms.rendering.posted import Asker, read
from forms.rendering.situation import Situation
from tests.unit.forms.builders import CATALOGUE, ZONE


@cache
def pages() -> Flask:
    """Just enough of the desk to draw forms."""
    app = Flask("sheets", root_path=str(assets.STATIC.parent), static_folder=None)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    language.register(app)
    assets.register(app)
    return app


def drawn(definition: bytes, *, rights: Any = None, catalogue: FormJsCatalogue = CATALOGUE,
          **situation: Any) -> Sheet:  # fmt: skip
    """The items of a form."""
    given = {"variables": {}, "language": "zh", "zone": ZONE, "path": "/redraw", **situation}
    return draw(catalogue.compiled(definition, rights or {}), Situation(**given))


def rendered(sheet: Sheet, *, language: str = "zh") -> str:
    """The form as HTML."""
    with pages().test_request_context("/", headers={"Accept-Language": language}):
        return pages().jinja_env.get_template("form/fields.html").render(sheet=sheet)


def tree(sheet: Sheet, *, language: str = "zh") -> Any:
    """The form as elements."""
    form = html.fromstring(f"<form>{rendered(sheet, language=language)}</form>")
    for area in form.iter("textarea"):
        # A browser drops a line break right after the tag, lxml does not.
        area.text = (area.text or "").removeprefix("\n")
    return form


def sent(form: Any) -> dict[str, list[str]]:
    """What a browser would send of it."""
    fields: dict[str, list[str]] = {}
    for name, value in form.form_values():
        fields.setdefault(name, []).append(value)
    return fields


def returned(
    definition: bytes,
    *,
    rights: Any = None,
    change: Any = None,
    catalogue: FormJsCatalogue = CATALOGUE,
    **situation: Any,
) -> dict[str, Any]:
    """The values that come back from a form somebody looked at.

    Args:
        definition: The form.
        rights: Of the step.
        change: Takes what would be sent and changes it.
        catalogue: Compiles it.
        situation: As for `drawn`.
    """
    fields = sent(tree(drawn(definition, rights=rights, catalogue=catalogue, **situation)))
    if change is not None:
        change(fields)
    asker = Asker(variables=situation.get("variables", {}), records=situation.get("records"))
    return read(catalogue.compiled(definition, rights or {}), fields, asker)

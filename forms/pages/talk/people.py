"""Colleagues to choose from while a name is typed."""

from __future__ import annotations

from flask import Response, jsonify, request

from engine.queries.people import search
from forms.pages.caller import view
from forms.pages.language import choose
from forms.pages.talk.blueprint import bp

_LONGEST = 40


@bp.get("/people/search")
def find() -> Response:
    """People whose name or login has ``q`` in it, as JSON."""
    wanted = request.args.get("q", "")[:_LONGEST]
    with view() as moment:
        units = moment.setup.units_by_code
        found = [
            {
                "login": each.login,
                "name": each.name,
                "label": each.label,
                "unit": choose(units[each.unit].name, units[each.unit].name_en),
            }
            for each in search(moment, wanted)
        ]
    return jsonify(found)

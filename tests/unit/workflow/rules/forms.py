"""An example for every rule about forms."""

from __future__ import annotations

import json
from typing import Any

from tests.support.bpmn_builder import end, model, start, user

_DIAGRAM = {"p.bpmn": model(start(), user("u", formKey="f"), end(), flows="s u e")}


def _form(*components: dict[str, Any], **changes: Any) -> dict[str, bytes]:
    definition = {"type": "default", "schemaVersion": 19, "components": components, **changes}
    return {**_DIAGRAM, "f.json": json.dumps(definition).encode()}


def _field(kind: str = "textfield", **changes: Any) -> dict[str, Any]:
    named = {"key": "a", "label": "甲", "properties": {"label:en": "A"}}
    return {"type": kind, **named, **changes}


EXAMPLES: dict[str, dict[str, bytes]] = {
    "form-missing": _DIAGRAM,
    "form-repeated": {**_form(), "f.form": _form()["f.json"]},
    "form-broken": {**_DIAGRAM, "f.json": b"{"},
    "form-component-invalid": _form(_field("iframe")),
    "form-schema-version": _form(schemaVersion=15),
    "form-schema-newer": _form(schemaVersion=99),
    "form-label-missing": _form(_field(label="")),
    "form-option-label-missing": _form(_field("radio", values=[{"value": 1, "label": "一"}])),
    "form-options-invalid": _form(_field("radio", values=[])),
    "form-bounds-contradict": _form(_field("number", validate={"min": 5, "max": 4})),
    "form-default-invalid": _form(_field("number", defaultValue="ten")),
}

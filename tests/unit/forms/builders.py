"""Small form definitions and a catalogue on a fixed day for the tests."""

import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from engine.domain.forms import FormInvalidError
from forms.catalogue import FormJsCatalogue

ZONE = ZoneInfo("Asia/Shanghai")
#: 2026-11-21 23:30 UTC is already the 22nd in Shanghai.
NOW = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)


class FixedClock:
    def now(self):
        return NOW


CATALOGUE = FormJsCatalogue(FixedClock(), ZONE)


def field(kind, key, **attributes):
    return {
        "type": kind,
        "key": key,
        "label": f"标签{key}",
        "properties": {"label:en": f"Label {key}"},
        **attributes,
    }


def options(*values):
    return [{"label": f"选{v}", "label:en": f"Choice {v}", "value": v} for v in values]


def form(*components, **attributes):
    definition = {"type": "default", "schemaVersion": 19, "components": list(components)}
    return json.dumps({**definition, **attributes}).encode()


def clean(definition, values, *, variables=None, draft=False):
    return CATALOGUE.validate(definition, values, variables=variables or {}, draft=draft)


def problems(definition, values, *, variables=None, draft=False):
    """Path to problem codes of a refusal; empty when nothing was refused."""
    try:
        clean(definition, values, variables=variables, draft=draft)
    except FormInvalidError as error:
        return {path: [p.code for p in found] for path, found in error.problems.items()}
    return {}

"""Reads bodies and queries; the one place that calls marshmallow's `load`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from flask import request
from marshmallow import ValidationError

from api.refusals import BodyInvalidRefusal, ContentTypeRefusal, MalformedJsonRefusal
from api.schemas.base import Body, Query
from api.schemas.fields import code

JSON = "application/json"
FORM = "multipart/form-data"
#: Name under which remarks about the whole body stand.
WHOLE = "_body"


def json_body(schema: Body) -> dict[str, Any]:
    """The checked JSON body; no body at all is an empty object.

    Raises:
        ContentTypeRefusal, MalformedJsonRefusal, BodyInvalidRefusal: As they say.
    """
    content = request.get_data(cache=False)
    if not content:
        return load(schema, {})
    if request.mimetype != JSON:
        raise ContentTypeRefusal(expected=JSON, actual=request.mimetype or "none")
    try:
        value = orjson.loads(content)
    except orjson.JSONDecodeError as exc:
        raise MalformedJsonRefusal(position=exc.pos) from None
    return load(schema, value)


def query(schema: Query | None) -> dict[str, Any]:
    """The checked query string; a parameter may be given once.

    Raises:
        BodyInvalidRefusal: Unknown, repeated or wrong parameters.
    """
    arguments = request.args
    if not arguments:
        return {} if schema is None else load(schema, {})
    problems: dict[str, list[str]] = {}
    values: dict[str, Any] = {}
    prefix = None if schema is None else schema.prefix
    variables: dict[str, str] = {}
    for name, given in arguments.lists():
        if len(given) > 1:
            problems[name] = [code("repeated")]
        elif prefix is not None and name.startswith(prefix):
            variables[name.removeprefix(prefix)] = given[0]
        elif schema is None or name == "variables":
            problems[name] = [code("unknown_parameter")]
        else:
            values[name] = given[0]
    if problems:
        raise BodyInvalidRefusal(problems)
    if variables:
        values["variables"] = variables
    return {} if schema is None else load(schema, values)


def load(schema: Body | Query, value: Any) -> dict[str, Any]:
    """Check a value by a schema.

    Raises:
        BodyInvalidRefusal: It does not fit.
    """
    try:
        loaded: dict[str, Any] = schema.load(value)
    except ValidationError as exc:
        raise BodyInvalidRefusal(_flat(exc.messages_dict)) from None
    return loaded


def _flat(messages: Mapping[Any, Any], path: str = "") -> dict[str, list[str]]:
    """Remarks by dotted path, as form remarks have it."""
    found: dict[str, list[str]] = {}
    for name, inner in messages.items():
        parts = [path, "" if name == "_schema" else str(name)]
        here = ".".join(filter(None, parts)) or WHOLE
        if isinstance(inner, Mapping):
            found.update(_flat(inner, here))
        else:
            found[here] = list(inner)
    return found

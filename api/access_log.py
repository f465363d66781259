"""One JSON line per request: what was asked by whom, how long it took; phone numbers masked."""

from __future__ import annotations

import logging
import re
import secrets
import time
from typing import Final

import orjson
from flask import Flask, Response, g, request

_log = logging.getLogger("gongdan.access")
_PHONE = re.compile(rb"(?<!\d)(1[3-9]\d)\d{4}(\d{4})(?!\d)")
_GIVEN = re.compile(r"[A-Za-z0-9._-]{8,64}")
HEADER: Final = "X-Request-Id"


def register(app: Flask) -> None:
    """Number and log every request."""
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    given = request.headers.get(HEADER)
    is_usable = given is not None and _GIVEN.fullmatch(given)
    g.request_id = given if is_usable else secrets.token_hex(8)
    g.begun_ns = time.perf_counter_ns()


def _end(response: Response) -> Response:
    response.headers[HEADER] = g.request_id
    if _log.isEnabledFor(logging.INFO):
        person = g.get("person")
        rule = request.url_rule
        _log.info(
            "%s", _line(person.id if person else None, rule.rule if rule else None, response)
        )
    return response


def _line(person: int | None, route: str | None, response: Response) -> str:
    line = orjson.dumps(
        {
            "request": g.request_id,
            "person": person,
            "method": request.method,
            "route": route,
            "status": response.status_code,
            "ms": (time.perf_counter_ns() - g.begun_ns) // 10_000 / 100,
        }
    )
    return mask(line).decode()


def mask(line: bytes) -> bytes:
    """A line with the middle of mobile numbers blanked."""
    return _PHONE.sub(rb"\1****\2", line)

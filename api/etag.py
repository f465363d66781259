"""Entity tags: every answer to a read has one; acts on versioned things take it back.

A tag is ``"<version>.<digest>"`` for things with a version and ``"<digest>"`` for the rest.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any

import msgspec
from flask import Response, g, request

from api.refusals import PreconditionRefusal

_VERSIONED = re.compile(r'"(\d{1,15})\.[0-9a-f]{16}"')


class Versioned(msgspec.Struct, frozen=True, kw_only=True):
    """An answer and the version it shows."""

    value: Any
    version: int


def respond(content: bytes, version: int | None) -> Response:
    """The answer to a read, or 304 if the caller has it already."""
    digest = hashlib.blake2b(content, digest_size=8).hexdigest()
    tag = f'"{digest}"' if version is None else f'"{version}.{digest}"'
    known = request.headers.get("If-None-Match")
    if known is not None and tag in known:
        return Response(status=304, headers={"ETag": tag})
    return Response(content, content_type="application/json", headers={"ETag": tag})


def expected_version(body: dict[str, Any], field: str) -> None:
    """Take the version from ``If-Match`` into the body, unless the body names one itself.

    Raises:
        PreconditionRefusal: The header is no tag of a versioned thing.
    """
    given = request.headers.get("If-Match")
    if given is None or given.strip() == "*":
        return
    found = _VERSIONED.fullmatch(given.strip())
    if found is None:
        raise PreconditionRefusal
    version = int(found[1])
    if body.setdefault(field, version) != version:
        raise PreconditionRefusal
    g.precondition = True

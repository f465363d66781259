"""Probes for supervisors of the process; public, so they tell nothing about the business."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.caller import application
from api.encoding import encode
from api.operations import Resource
from api.schemas.probes import Alive, Ready

bp = Resource("probes", "Health of the process.", prefix="")
_UNAVAILABLE = 503
_write = Ready().writer()


@bp.read("/livez", Alive(), refusals=(422,))
def alive() -> dict[str, str]:
    """The process answers."""
    return {"status": "alive"}


@bp.read("/readyz", Ready(), refusals=(422, 503))
def ready() -> dict[str, Any] | Response:
    """Whether it can work; 503 with the same document if not."""
    checks = application().health()
    if all(check["ok"] for check in checks):
        return {"status": "ready", "checks": checks}
    answer = _write({"status": "not_ready", "checks": checks})
    return Response(encode(answer), _UNAVAILABLE, content_type="application/json")

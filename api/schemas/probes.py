"""Health of the process."""

from __future__ import annotations

from marshmallow import fields

from api.schemas import answers as a
from api.schemas.base import Answer


class Alive(Answer):
    """The process answers."""

    status = a.text("alive")


class Check(Answer):
    """One check of readiness."""

    name = a.text("disk")
    ok = a.truth()
    detail = a.text("1024 MiB free in the data folder")


class Ready(Answer):
    """Whether it can work."""

    status = a.text("ready", "`ready` or `not_ready`.")
    checks = fields.List(fields.Nested(Check))

"""Steps of the process: bodies and answers."""

from __future__ import annotations

from api.schemas import answers as a
from api.schemas.base import Answer, Body
from api.schemas.fields import Instant, Text
from api.schemas.orders import LOGIN
from api.schemas.tasks import VersionBody


class DelegateBody(VersionBody):
    """Ask a colleague."""

    to = Text(required=True, least=1, most=60, pattern=LOGIN, metadata={"example": "zhangwei"})
    reason = Text(most=2000, load_default="")


class GiveBackBody(VersionBody):
    """Give back, or call back."""

    text = Text(most=2000, load_default="")


class TakeBackBody(Body):
    """Take one's own step back."""

    reason = Text(most=2000, load_default="", metadata={"example": "选错客户"})


class JumpBody(VersionBody):
    """Go on elsewhere."""

    to_element = Text(required=True, least=1, most=100, metadata={"example": "commission"})
    reason = Text(required=True, least=1, most=2000, metadata={"example": "现场已完成"})


class PlaceRow(Answer):
    """A step a process can go on at."""

    element = a.text("construct")
    name = a.text("施工")
    name_en = a.text("Construction")
    kind = a.text("userTask", "Name of the BPMN element.")
    done_by = a.text("张伟", "Who last completed it.", null=True)
    done_at = a.maybe_instant()


class AbsenceBody(Body):
    """From `starts_at` to before `ends_at` the substitute stands in."""

    substitute = Text(
        required=True, least=1, most=60, pattern=LOGIN, metadata={"example": "zhangwei"}
    )
    starts_at = Instant(required=True, metadata={"example": "2026-02-03T08:00:00+08:00"})
    ends_at = Instant(required=True, metadata={"example": "2026-02-10T08:00:00+08:00"})
    reason = Text(most=2000, load_default="")
    login = Text(
        least=1, most=60, pattern=LOGIN, allow_none=True,
        metadata={"description": "Who is absent; the caller without."},
    )  # fmt: skip


class AbsenceRow(Answer):
    """An absence that lasts or is to come."""

    id = a.ident()
    person_id = a.ident()
    person_login = a.text("lina")
    person_name = a.text("李娜")
    substitute_id = a.ident()
    substitute_login = a.text("zhangwei")
    substitute_name = a.text("张伟")
    starts_at = a.instant()
    ends_at = a.instant()
    reason = a.text("休假")
    is_present = a.truth("Whether it lasts now.")
    may_end = a.truth("Whether the caller may end it.")

"""People, units, tokens, sessions, notices."""

from __future__ import annotations

from marshmallow import fields

from api.schemas import answers as a
from api.schemas.base import Answer, Body, page_of
from api.schemas.fields import Flag, ListOf, Row, Text, Whole


class SignInBody(Body):
    """Login and password."""

    login = Text(required=True, least=1, most=60, metadata={"example": "wangfang"})
    password = Text(required=True, least=1, most=200, metadata={"example": "correct horse"})


class PersonBody(Body):
    """A person; without `password` the present one stays."""

    name = Text(required=True, least=1, most=100, metadata={"example": "王芳"})
    unit = Text(required=True, least=1, most=40, metadata={"example": "east"})
    language = Text(among=("zh", "en"), load_default="zh")
    email = Text(
        most=200, pattern=r"[^@\s\x00]+@[^@\s\x00]+", allow_none=True,
        metadata={"example": "wangfang@example.com"},
    )  # fmt: skip
    is_active = Flag(load_default=True)
    password = Text(least=8, most=200, allow_none=True)


class GrantBody(Body):
    """A role at a unit."""

    role = Text(required=True, least=1, most=60, metadata={"example": "agent"})
    unit = Text(required=True, least=1, most=40, metadata={"example": "east"})


class GrantsBody(Body):
    """All roles of a person; those left out are taken away."""

    grants = ListOf(Row(GrantBody), most=200, required=True)


class UnitBody(Body):
    """A unit; its code and parent never change."""

    name = Text(required=True, least=1, most=100, metadata={"example": "东区分公司"})
    name_en = Text(required=True, least=1, most=100, metadata={"example": "East branch"})
    kind = Text(required=True, among=("headquarters", "branch", "department", "desk"))
    parent = Text(least=1, most=40, allow_none=True)
    calendar = Text(least=1, most=40, allow_none=True)


class TokenBody(Body):
    """A token for a program."""

    name = Text(required=True, least=1, most=100, metadata={"example": "OSS 接口"})
    days = Whole(least=1, most=365, load_default=30)


class ReadBody(Body):
    """Notices to mark; all without `ids`."""

    ids = ListOf(Text(most=60, least=1), most=200, allow_none=True)


class GrantRow(Answer):
    """A role at a unit; it covers everything below."""

    role = a.text("agent")
    unit_id = a.ident()


class PersonRow(Answer):
    """A person."""

    id = a.ident()
    login = a.text("wangfang")
    name = a.text("王芳")
    unit_id = a.ident()
    language = a.text("zh")
    email = a.text("wangfang@example.com", null=True)
    is_active = a.truth()
    grants = fields.List(fields.Nested(GrantRow))


PersonPage = page_of(PersonRow, "PersonPage")


class Me(PersonRow):
    """The caller."""

    acts = a.many(a.text("work"), "What the caller may do at some unit.")


class UnitRow(Answer):
    """A unit of the organisation."""

    id = a.ident()
    code = a.text("east")
    name = a.text("东区分公司")
    name_en = a.text("East branch")
    kind = a.text("branch")
    path = a.text("/1/2/", "Ids from headquarters down.")
    parent_id = a.ident(null=True)
    calendar = a.text("cn", null=True)


class TokenRow(Answer):
    """A token; the token itself is never shown again."""

    id = a.ident()
    name = a.text("OSS 接口")
    issued_at = a.instant()
    expires_at = a.instant()
    revoked_at = a.maybe_instant()


class TokenDone(Answer):
    """A fresh token, shown this once."""

    id = a.ident()
    token = a.text("gd_…")


class Session(TokenDone):
    """A fresh session."""

    person = fields.Nested(PersonRow)


class NoticeRow(Answer):
    """A notice to the caller."""

    id = a.text("1-12-5")
    at = a.instant()
    notice = a.text("task_assigned")
    subject = a.text("新任务已派给您：GD20260131000012")
    order_id = a.ident(null=True)
    order_number = a.text("GD20260131000012", null=True)
    task_id = a.ident(null=True)
    params = a.obj("Facts of the notice.")
    read_at = a.maybe_instant()


NoticePage = page_of(NoticeRow, "NoticePage")

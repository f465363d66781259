"""One's own desk: preferences, password, saved views, what is put off."""

from __future__ import annotations

from api.schemas import answers as a
from api.schemas.base import Answer, Body, Query
from api.schemas.fields import Flag, Instant, Text


class PreferencesBody(Body):
    """Choices to change; those left out stay."""

    language = Text(among=("zh", "en"))
    theme = Text(among=("auto", "light", "dark"))
    mail = Text(among=("each", "digest", "none"))
    digest_at = Text(
        least=5, most=5, pattern=r"([01][0-9]|2[0-3]):[0-5][0-9]", metadata={"example": "08:30"}
    )
    quiet = Flag()
    browser = Flag()


class PreferencesAnswer(Answer):
    """How the caller wants the desk."""

    theme = a.text("auto")
    mail = a.text("each", "`each`, `digest` or `none`.")
    digest_at = a.text("08:30")
    quiet = a.truth("Whether mails wait for working time.")
    browser = a.truth("Whether escalations show as notifications of the browser.")


class PasswordBody(Body):
    """A new password of one's own."""

    present = Text(required=True, least=1, most=200)
    new = Text(required=True, least=8, most=200)


class ViewQuery(Query):
    """Views of which page."""

    page = Text(among=("inbox", "orders"), load_default="inbox")


class ViewBody(Body):
    """A list under a name."""

    name = Text(required=True, least=1, most=60, metadata={"example": "逾期的 A 类"})
    page = Text(required=True, among=("inbox", "orders"))
    query = Text(required=True, most=2000, metadata={"example": "tab=mine&sort=due"})
    unit = Text(
        least=1, most=40, allow_none=True,
        metadata={"description": "Unit whose people see it, too (superiors of that unit)."},
    )  # fmt: skip


class ViewRow(Answer):
    """A saved view."""

    id = a.ident()
    name = a.text("逾期的 A 类")
    page = a.text("inbox")
    query = a.text("tab=mine&sort=due")
    unit = a.text("east", null=True)
    owner_name = a.text("张伟")
    is_own = a.truth()


class SnoozeBody(Body):
    """Until when a task is put off."""

    until = Instant(required=True, metadata={"example": "2026-02-03T09:00:00+08:00"})

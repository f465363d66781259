"""What is said and attached around an order, ready to be shown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

import msgspec

from engine.domain import access
from engine.domain.access import Act
from engine.domain.records import Order, Person
from engine.queries import orders, people
from engine.queries.people import PersonItem
from engine.store.view import View

#: A mention in a text: ``@`` and a login.
MENTION: Final = re.compile(r"(?<![\w.@-])@([a-z0-9][a-z0-9_.-]{0,59})", re.ASCII)
#: Kinds a browser shows by itself.
_IMAGES: Final = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


class Piece(msgspec.Struct, frozen=True):
    """A stretch of a comment.

    Attributes:
        login: Whom it mentions, empty for plain text.
    """

    text: str
    login: str = ""


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """A comment."""

    id: int
    author: str
    is_own: bool
    at: datetime
    pieces: list[Piece]


class Attached(msgspec.Struct, frozen=True, kw_only=True):
    """A file.

    Attributes:
        size: For people.
        is_image: Whether it can be looked at here.
    """

    id: int
    name: str
    size: str
    author: str
    at: datetime
    is_image: bool


class Talk(msgspec.Struct, frozen=True, kw_only=True):
    """Comments and files of an order.

    Attributes:
        task_id: The task on whose page they are shown.
        copied: People the order is copied to.
        may_write: Whether the reader may comment and attach.
    """

    order_id: int
    task_id: int | None
    comments: list[Said]
    files: list[Attached]
    copied: list[PersonItem]
    may_write: bool
    now: datetime


def talk(moment: View, order: Order, *, task_id: int | None = None) -> Talk:
    """Comments and files of an order the reader may see. Four statements at most."""
    said = orders.comments_of(moment, order.id)
    texts = [each.text for each in said]
    names = _names(moment, texts)
    return Talk(
        order_id=order.id,
        task_id=task_id,
        comments=[
            Said(
                id=each.id,
                author=each.author_name or "",
                is_own=moment.by is not None and each.author == moment.by.id,
                at=each.at,
                pieces=pieces(each.text, names),
            )
            for each in said
        ],
        files=[
            Attached(
                id=each.id,
                name=each.name,
                size=size_word(each.size),
                author=each.author_name or "",
                at=each.at,
                is_image=each.media_type in _IMAGES,
            )
            for each in orders.attachments_of(moment, order.id)
        ],
        copied=people.copied_to(moment, order.id),
        may_write=_may_write(moment, order),
        now=moment.now,
    )


def size_word(size: int) -> str:
    """A number of bytes for people: whole KB, from 1 MB on with one decimal."""
    kilo = 1024
    if size < kilo * kilo:
        return f"{max(-(-size // kilo), 1)} KB"
    return f"{size / kilo / kilo:.1f} MB"


def mentioned(texts: Iterable[str]) -> set[str]:
    """Logins that stand behind an ``@`` in texts, whether they exist or not."""
    return {login.rstrip(".-") for text in texts for login in MENTION.findall(text)}


def pieces(text: str, names: Mapping[str, str]) -> list[Piece]:
    """A text cut at its mentions; people are shown by their names."""
    found, start = [], 0
    for hit in MENTION.finditer(text):
        login = hit[1].rstrip(".-")
        if login not in names:
            continue
        if hit.start() > start:
            found.append(Piece(text[start : hit.start()]))
        found.append(Piece(f"@{names[login]}", login))
        start = hit.start(1) + len(login)
    if start < len(text):
        found.append(Piece(text[start:]))
    return found


def _names(moment: View, texts: Iterable[str]) -> dict[str, str]:
    return {each.login: each.name for each in people.by_logins(moment, mentioned(texts))}


def _may_write(moment: View, order: Order) -> bool:
    """As `engine.handlers.loading.load_order_to_write_on` sees it, for somebody who sees it."""
    by: Person | None = moment.by
    if by is None or order.status == "ended":
        return False
    path = order.unit_path
    if access.may(by, Act.WORK, path) or access.may(by, Act.OPERATE, path):
        return True
    # Who sees it without a role there is a party to it.
    return access.is_starter(by, order) or not access.may(by, Act.READ, path)

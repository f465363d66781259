"""What commands answer."""

from __future__ import annotations

import msgspec


class Result(msgspec.Struct, frozen=True, kw_only=True, tag_field="result", tag=True):
    """Base of all answers."""


class OrderResult(Result, frozen=True, kw_only=True):
    """An order a command touched."""

    order_id: int
    number: str
    tasks: tuple[int, ...] = ()


class TaskResult(Result, frozen=True, kw_only=True):
    """A task a command touched, and the tasks its order opened by it."""

    task_id: int
    order_id: int
    opened: tuple[int, ...] = ()
    is_ended: bool = False


class IdResult(Result, frozen=True, kw_only=True):
    """The id of what was created or changed."""

    id: int


class CountResult(Result, frozen=True, kw_only=True):
    """How many things a command did."""

    count: int


class ContactResult(Result, frozen=True, kw_only=True):
    """The full data of a contact person."""

    id: int
    customer_id: int
    name: str
    phone: str
    email: str | None
    position: str


class TokenResult(Result, frozen=True, kw_only=True):
    """A token, shown this once."""

    id: int
    token: str


class MessageResult(Result, frozen=True, kw_only=True):
    """Orders that took a message; ``started`` is the one it opened, if it opened one."""

    orders: tuple[int, ...]
    started: int | None = None


class PublishedDefinition(Result, frozen=True, kw_only=True):
    """One process of a deployment."""

    id: int
    key: str
    version: int
    is_new: bool


class DeploymentResult(Result, frozen=True, kw_only=True):
    """What a deployment published."""

    definitions: tuple[PublishedDefinition, ...]


AnyResult = (
    OrderResult
    | TaskResult
    | IdResult
    | CountResult
    | ContactResult
    | TokenResult
    | MessageResult
    | DeploymentResult
)

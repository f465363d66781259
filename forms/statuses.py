"""Which HTTP status each family of refusals has, and what kind of refusal a status is."""

from __future__ import annotations

from typing import Final

from engine.errors import (
    ConflictError,
    EngineError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    UnavailableError,
)
from engine.files import FileTooLargeError
from forms.sentences import Language

#: Family of engine errors to HTTP status.
FAMILIES: Final[dict[type[EngineError], int]] = {
    NotFoundError: 404,
    ConflictError: 409,
    ForbiddenError: 403,
    InvalidError: 422,
    UnavailableError: 503,
}
#: Errors with a status of their own.
EXCEPTIONS: Final[dict[type[EngineError], int]] = {FileTooLargeError: 413}

#: Titles by status: what kind of refusal it is.
TITLES: Final[dict[int, tuple[str, str]]] = {
    400: ("请求无法读取", "Malformed request"),
    401: ("需要登录", "Sign-in required"),
    403: ("没有权限", "Not allowed"),
    404: ("没有找到", "Not found"),
    405: ("不支持的方法", "Method not allowed"),
    409: ("与当前状态冲突", "Conflict with the present state"),
    412: ("版本已变化", "Precondition failed"),
    413: ("内容过大", "Content too large"),
    415: ("内容类型不符", "Unsupported content type"),
    422: ("内容有误", "Invalid content"),
    429: ("请求过于频繁", "Too many requests"),
    500: ("内部错误", "Internal error"),
    503: ("暂时无法办理", "Temporarily unavailable"),
}


def status_of(error: EngineError) -> int:
    """HTTP status of an engine error."""
    own = EXCEPTIONS.get(type(error))
    if own is not None:
        return own
    return next(status for family, status in FAMILIES.items() if isinstance(error, family))


def title(status: int, language: Language) -> str:
    """What kind of refusal a status is."""
    return TITLES[status][0 if language == "zh" else 1]

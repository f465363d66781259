"""Refusals of the edge itself, before the engine is asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar


class Refusal(Exception):  # noqa: N818 - named by the fact, like the engine's errors
    """The request cannot be passed on.

    Attributes:
        status: HTTP status.
        code: Stable identifier, in one row with the codes of the engine.
        headers: Headers that belong to this refusal.
        params: Facts of it.
    """

    status: ClassVar[int]
    code: ClassVar[str]
    template: ClassVar[str]

    def __init__(self, *, headers: Mapping[str, str] | None = None, **params: object) -> None:
        self.headers = dict(headers or {})
        self.params = params
        super().__init__(self.template.format(**params))


class MalformedJsonRefusal(Refusal):
    """The body is not JSON."""

    status = 400
    code = "malformed_json"
    template = "Expected a JSON body in UTF-8, but it cannot be read at position {position}."


class MalformedRequestRefusal(Refusal):
    """The request breaks HTTP itself."""

    status = 400
    code = "malformed_request"
    template = "Expected a well-formed request, but it cannot be read."


class ContentTypeRefusal(Refusal):
    """The body is of a type the route does not read."""

    status = 415
    code = "wrong_content_type"
    template = "Expected a body of type {expected}, but got {actual}."


class TooLargeRefusal(Refusal):
    """The body is larger than allowed."""

    status = 413
    code = "body_too_large"
    template = "Expected a body of at most {most} bytes, but it is larger."


class RouteNotFoundRefusal(Refusal):
    """Nothing is served at this path."""

    status = 404
    code = "not_found"
    template = "Expected an address of this API, but there is nothing at this one."


class MethodRefusal(Refusal):
    """The path does not know the method."""

    status = 405
    code = "method_not_allowed"
    template = "Expected one of the methods {allowed}, but got {actual}."


class SignInRequiredRefusal(Refusal):
    """No valid token came with the request."""

    status = 401
    code = "sign_in_required"
    template = "Expected a valid token in the Authorization header, but there is none."


class WrongPasswordRefusal(Refusal):
    """Login and password do not match; which one is wrong is not told."""

    status = 401
    code = "sign_in_refused"
    template = "Expected a valid login and password, but they do not match."


class TooManySignInsRefusal(Refusal):
    """Too many failed sign-ins for this account or from this address."""

    status = 429
    code = "sign_in_blocked"
    template = "Expected fewer failed sign-ins, but more are refused for {seconds} s."


class PreconditionRefusal(Refusal):
    """``If-Match`` names another version than the present one."""

    status = 412
    code = "precondition_failed"
    template = "Expected the version named by If-Match, but the present one is another."


class BodyInvalidRefusal(Refusal):
    """Fields of the body or of the query do not fit.

    Attributes:
        problems: Field path to codes, see `forms.sentences`.
    """

    status = 422
    code = "invalid_body"
    template = "Expected content as documented, but {count} field(s) do not fit."

    def __init__(self, problems: Mapping[str, list[str]]) -> None:
        self.problems = problems
        super().__init__(count=len(problems))


class UnexpectedRefusal(Refusal):
    """A fault of the program; the text stays in the log."""

    status = 500
    code = "internal_error"
    template = "Something went wrong here. The operator finds it in the log under {request_id}."

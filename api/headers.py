"""Headers of every answer: nothing is sniffed, framed, or kept by intermediaries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_ALL: Final = tuple(
    (name.lower(), (name, value))
    for name, value in (
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("X-Frame-Options", "DENY"),
        ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
        ("Cache-Control", "no-store"),
    )
)


class SecureHeaders:
    """WSGI middleware that adds the headers; those an answer brings along win.

    Args:
        app: What answers.
    """

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Any:
        """Answer one request."""

        def begin(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            present = {name.lower() for name, _ in headers}
            headers.extend(header for name, header in _ALL if name not in present)
            return start_response(status, headers, *rest)

        return self._app(environ, begin)

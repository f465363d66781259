"""The whole product on one port: the API where it has always been, the desk everywhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from api import access_log
from api.app import create_app
from api.composition import ZONE
from api.headers import SecureHeaders
from engine.bootstrap import Application
from forms.pages.desk import create_desk

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

#: First segments of paths that belong to the API.
_API: Final = frozenset({"api", "docs", "livez", "readyz"})


class Web:
    """Sends each request to the API or the desk.

    Args:
        api: Answers programs.
        desk: Answers browsers.
    """

    def __init__(self, api: WSGIApplication, desk: WSGIApplication) -> None:
        self._api = api
        self._desk = desk

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Any:
        """Answer one request."""
        first = str(environ.get("PATH_INFO", "")).lstrip("/").partition("/")[0]
        return (self._api if first in _API else self._desk)(environ, start_response)


def create_web(application: Application) -> Web:
    """API and desk over one application."""
    desk = create_desk(application, ZONE, log=access_log.register)
    return Web(create_app(application), SecureHeaders(desk))

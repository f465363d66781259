"""The desk as a web application of its own, beside the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from zoneinfo import ZoneInfo

from flask import Flask, Response
from jinja2 import StrictUndefined

from engine.bootstrap import Application
from forms.binding import EXTENSION
from forms.limits import MAX_VALUES
from forms.pages import (
    acts,
    assets,
    board,
    converters,
    customers,
    exports,
    language,
    me,
    moments,
    notifications,
    options,
    palette,
    problems,
    session,
    shell,
    talk,
    tasks,
    texts,
    toasts,
    views,
)
from forms.pages.inbox import bulk
from forms.pages.inbox import pages as inbox
from forms.pages.order import incidents
from forms.pages.order import pages as order
from forms.pages.orders import pages as orders
from forms.pages.starting import pages as starting

#: Nothing from elsewhere, nothing inline; `forms.pages.order` widens it for diagrams.
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "font-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'"
)
_PAGES: Final = (
    session,
    shell,
    inbox,
    bulk,
    views,
    tasks,
    acts,
    talk,
    orders,
    order,
    incidents,
    starting,
    customers,
    exports,
    board,
    notifications,
    me,
    palette,
    options,
)


def create_desk(
    application: Application, zone: ZoneInfo, *, log: Callable[[Flask], None] | None = None
) -> Flask:
    """The pages over one application.

    Args:
        application: The product.
        zone: Zone instants are shown in.
        log: Registers what numbers and logs requests; it comes before everything else.
    """
    app = Flask("gongdan.desk", root_path=_folder(), static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = application.settings.body_bytes
    app.config["MAX_FORM_MEMORY_SIZE"] = application.settings.body_bytes
    app.config["MAX_FORM_PARTS"] = MAX_VALUES
    app.extensions[EXTENSION] = application
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    if log is not None:
        log(app)
    app.url_map.converters["int"] = converters.IdConverter
    texts.register(app)
    language.register(app)
    moments.register(app, zone)
    session.register(app)
    for pages in _PAGES:
        app.register_blueprint(pages.bp)
    for provider in (session.context, shell.context, toasts.context):
        app.context_processor(provider)
    problems.register(app)
    # Functions after a request run last first: what is compressed is complete.
    assets.register(app)
    app.after_request(_finish)
    return app


def _folder() -> str:
    return str(assets.STATIC.parent)


def _finish(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", POLICY)
    # Our own pages may know where a request came from: the guard asks for it.
    response.headers.setdefault("Referrer-Policy", "same-origin")
    return toasts.forget(response)

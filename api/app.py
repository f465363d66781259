"""The WSGI application."""

from __future__ import annotations

from flask import Flask

from api import access_log, auth, documents, problems
from api.converters import CONVERTERS
from api.encoding import OrjsonProvider
from api.headers import SecureHeaders
from api.resources import (
    absences,
    attachments,
    customers,
    definitions,
    notifications,
    operations,
    people,
    personal,
    policies,
    probes,
    sessions,
    signing,
    steps,
    tasks,
    work_orders,
)
from engine.bootstrap import Application
from forms.binding import EXTENSION

#: Every noun of the API, in the order of the OpenAPI document.
RESOURCES = (
    sessions.bp,
    work_orders.bp,
    tasks.bp,
    steps.bp,
    signing.bp,
    attachments.bp,
    notifications.bp,
    definitions.bp,
    customers.bp,
    people.bp,
    personal.bp,
    absences.bp,
    policies.bp,
    operations.bp,
    probes.bp,
)


def create_app(application: Application) -> Flask:
    """The API over one application."""
    app = Flask("gongdan", static_folder=None, template_folder=None)
    app.json = OrjsonProvider(app)
    app.config["MAX_CONTENT_LENGTH"] = application.settings.body_bytes
    app.config["MAX_FORM_MEMORY_SIZE"] = application.settings.body_bytes
    app.url_map.strict_slashes = True
    app.url_map.merge_slashes = False
    app.url_map.converters.update(CONVERTERS)
    app.extensions[EXTENSION] = application
    access_log.register(app)
    auth.register(app)
    documents.register(app, RESOURCES)
    problems.register(app)  # last: flask-smorest brings handlers of its own
    app.wsgi_app = SecureHeaders(app.wsgi_app)  # type: ignore[method-assign]
    return app

"""Calls the API as people do."""

from __future__ import annotations

from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from engine.bootstrap import Application
from tests.support.installation import PASSWORD

PREFIX = "/api/v1"


class Desk:
    """The API and the tokens of its people.

    Args:
        flask: The API.
        app: The product behind it.
    """

    def __init__(self, flask: Flask, app: Application) -> None:
        self.flask = flask
        self.app = app
        self.client = flask.test_client()
        self._tokens: dict[str, str] = {}

    def token(self, login: str) -> str:
        if login not in self._tokens:
            answer = self.client.post(
                f"{PREFIX}/sessions", json={"login": login, "password": PASSWORD}
            )
            assert answer.status_code == 201, answer.text
            self._tokens[login] = answer.json["token"]
        return self._tokens[login]

    def call(
        self,
        method: str,
        path: str,
        by: str | None,
        *,
        headers: dict[str, str] | None = None,
        **more: Any,
    ) -> TestResponse:
        """One request; ``by`` None without a token."""
        sent = dict(headers or {})
        if by is not None:
            sent["Authorization"] = f"Bearer {self.token(by)}"
        full = path if path.startswith(("/api/", "/docs", "/livez", "/readyz")) else PREFIX + path
        answer = self.client.open(full, method=method, headers=sent, buffered=True, **more)
        answer.request.environ["wsgi.input"].close()
        return answer

    def get(self, path: str, by: str | None = "li.desk", **headers: str) -> TestResponse:
        return self.call("GET", path, by, headers=_named(headers))

    def post(
        self, path: str, body: Any = None, by: str | None = "li.desk", **headers: str
    ) -> TestResponse:
        return self.call(
            "POST", path, by, json={} if body is None else body, headers=_named(headers)
        )

    def put(
        self, path: str, body: Any = None, by: str | None = "li.desk", **headers: str
    ) -> TestResponse:
        return self.call(
            "PUT", path, by, json={} if body is None else body, headers=_named(headers)
        )

    def delete(self, path: str, by: str | None = "li.desk", **headers: str) -> TestResponse:
        return self.call("DELETE", path, by, headers=_named(headers))


def _named(headers: dict[str, str]) -> dict[str, str]:
    """``if_match`` as ``If-Match``."""
    return {name.replace("_", "-"): value for name, value in headers.items()}


def refused(answer: TestResponse, status: int, code: str) -> dict[str, Any]:
    """The problem document of a refusal of this kind."""
    assert (answer.status_code, answer.json["code"]) == (status, code), answer.text
    assert answer.content_type == "application/problem+json"
    assert answer.json["status"] == status
    assert answer.json["type"] == f"urn:gongdan:problem:{code}"
    return answer.json

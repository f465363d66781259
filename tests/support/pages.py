"""The desk without a browser: signed-in readers, pages as trees.

world = life.World(...)
page = Reader(world.application, "li.desk").get("/inbox")
assert page.status == 200 and page.texts("//h1") == ["我的待办"]
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin

from flask import Flask
from lxml import html

from api.composition import ZONE
from engine.bootstrap import Application
from forms.pages.desk import create_desk
from forms.pages.session import COOKIE
from tests.support.installation import PASSWORD

_ORIGIN = "http://localhost"


class Page:
    """An answer of the desk.

    Attributes:
        status: HTTP status. path: What was asked for. location: Where it leads, if elsewhere.
    """

    def __init__(self, path: str, response: Any) -> None:
        self.path = path
        self.status: int = response.status_code
        self.headers = response.headers
        self.text: str = response.get_data().decode(errors="replace")
        response.close()
        self.location: str | None = response.headers.get("Location") or response.headers.get(
            "HX-Redirect"
        )

    @property
    def tree(self) -> Any:
        """The document."""
        return html.fromstring(self.text)

    def find(self, xpath: str) -> list[Any]:
        """Elements (or attribute values) of the page."""
        return list(self.tree.xpath(xpath))

    def texts(self, xpath: str) -> list[str]:
        """Text of elements, blanks folded."""
        return [" ".join(found.text_content().split()) for found in self.find(xpath)]

    def fields(self, xpath: str = "//main//form") -> dict[str, Any]:
        """What a browser would post of a form: names to values; several values as a list."""
        (form,) = self.find(xpath)
        fields: dict[str, Any] = {}
        for name, value in form.form_values():
            present = fields.get(name)
            if present is None:
                fields[name] = value
            else:
                fields[name] = [*(present if isinstance(present, list) else [present]), value]
        return fields


class Reader:
    """One signed-in person at the desk.

    Args:
        application: The product.
        login: Who.
        desk: The web application, if there is one already.
    """

    def __init__(self, application: Application, login: str, desk: Flask | None = None) -> None:
        self.login = login
        self.desk = desk or create_desk(application, ZONE)
        self._client = self.desk.test_client()
        _, issued = application.identity.sign_in(login, PASSWORD)
        self._client.set_cookie(COOKIE, issued.token)

    def get(self, path: str, *, partial: bool = False, headers: Any = None, **query: Any) -> Page:
        """Open a page, or with ``partial`` the part htmx would ask for."""
        response = self._client.get(
            path, query_string=query or None, headers={**_part(partial), **(headers or {})}
        )
        return Page(path, response)

    def post(
        self, path: str, data: Any = None, *, partial: bool = False, headers: Any = None
    ) -> Page:
        """Send a form."""
        response = self._client.post(
            path,
            data=data or {},
            headers={"Origin": _ORIGIN, **_part(partial), **(headers or {})},
        )
        return Page(path, response)

    def forget(self, token: str = "") -> None:
        """Go on without a session, or with another one's token."""
        self._client.delete_cookie(COOKIE)
        if token:
            self._client.set_cookie(COOKIE, token)

    def follow(self, page: Page) -> Page:
        """The page an answer leads to."""
        assert page.location is not None, (page.status, page.text[:2000])
        return self.get(urljoin(page.path, page.location))


def _part(partial: bool) -> dict[str, str]:
    return {"HX-Request": "true"} if partial else {}

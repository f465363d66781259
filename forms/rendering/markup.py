"""Markdown and HTML of form definitions, made harmless. The only place that imports nh3."""

from __future__ import annotations

import html
import re
from functools import lru_cache
from typing import Final

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

_TAGS: Final = frozenset(
    {
        "a", "b", "blockquote", "br", "code", "dd", "del", "div", "dl", "dt", "em", "hr", "i",
        "li", "ol", "p", "pre", "s", "small", "span", "strong", "sub", "sup", "table", "tbody",
        "td", "th", "thead", "tr", "u", "ul",
    }
)  # fmt: skip
_ATTRIBUTES: Final = {"a": {"href", "title"}, "th": {"scope"}, "ol": {"start"}}
_SCHEMES: Final = {"http", "https", "mailto", "tel"}
#: Headings of a form would stand in the outline of the page.
_HEADING: Final = re.compile(r"<(/?)h[1-6](?:\s[^>]*)?>")
_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>&~])")
_PICTURE: Final = re.compile(
    r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]+|/(?![/\\])[^\s\\]*", re.ASCII
)
_markdown: Final = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def plain_in_markdown(text: str) -> str:
    """Text that Markdown shows as it is."""
    return _SPECIAL.sub(r"\\\1", text)


def plain_in_html(text: str) -> str:
    """Text that HTML shows as it is."""
    return html.escape(text)


@lru_cache(1024)
def from_markdown(source: str) -> Markup:
    """Harmless HTML of a Markdown text."""
    return from_html(_markdown.render(source))


@lru_cache(1024)
def from_html(source: str) -> Markup:
    """Harmless HTML: no scripts, styles, pictures or forms; headings become paragraphs."""
    tame = _HEADING.sub(lambda tag: "</p>" if tag[1] else '<p class="head">', source)
    return Markup(  # noqa: S704 - it has just been cleaned
        nh3.clean(
            tame,
            tags=set(_TAGS),
            attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
            allowed_classes={"p": {"head"}},
            url_schemes=set(_SCHEMES),
            link_rel="noopener noreferrer",
        )
    )


def picture(source: str) -> str:
    """The address of a picture if it may be shown: of this desk, or within the form itself."""
    return source if _PICTURE.fullmatch(source) else ""

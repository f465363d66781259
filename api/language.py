"""Which language to answer in: the request's wish, else the person's, else Chinese."""

from __future__ import annotations

from flask import g, request

from forms.sentences import Language

_DEFAULT: Language = "zh"


def language() -> Language:
    """Language of sentences in the answer."""
    wished = request.headers.get("Accept-Language")
    if wished and wished.strip() != "*":
        for tag, quality in request.accept_languages:
            primary = tag.partition("-")[0].lower()
            if quality > 0 and primary in ("zh", "en"):
                return "zh" if primary == "zh" else "en"
    person = g.get("person")
    return "en" if person is not None and person.language == "en" else _DEFAULT

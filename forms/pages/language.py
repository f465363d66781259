"""Words and numbers in the reader's language.

Source text is English; ``translations/zh/<area>.po`` hold the Chinese, read when the process
starts. Words of definitions (forms, diagrams, units) bring both languages along: `choose`.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import NullTranslations, Translations
from flask import Flask, g, request

from forms.sentences import Language

CATALOGUES: Final = Path(__file__).parent / "translations"
LOCALES: Final[dict[Language, str]] = {"zh": "zh_Hans_CN", "en": "en_GB"}
#: Remembers the wish of somebody who is not signed in yet.
COOKIE: Final = "gongdan_language"
_DEFAULT: Final[Language] = "zh"


def mark(message: str) -> str:
    """Mark a message for translation where it is written; `gettext` translates it where shown."""
    return message


def language() -> Language:
    """Language of this page: the person's; before sign-in what the browser asks for."""
    chosen = g.get("language")
    if chosen is None:
        chosen = g.language = _chosen()
    return "en" if chosen == "en" else "zh"


def locale() -> str:
    """Name of the locale for dates and numbers."""
    return LOCALES[language()]


def choose(zh: str, en: str | None) -> str:
    """The wording of a definition in the reader's language; Chinese where there is no English."""
    return en if en and language() == "en" else zh


def gettext(message: str, **params: Any) -> str:
    """A message in the reader's language; ``%(name)s`` takes parameters."""
    text = catalogue(language()).ugettext(message)
    return text % params if params else text


def ngettext(one: str, many: str, count: int, **params: Any) -> str:
    """A message about a number of things; ``%(num)s`` is the number."""
    return catalogue(language()).ungettext(one, many, count) % {"num": count, **params}


def pgettext(context: str, message: str, **params: Any) -> str:
    """A message whose English has several meanings; the context says which."""
    text = catalogue(language()).pgettext(context, message)
    return str(text) % params if params else str(text)


def number(value: float) -> str:
    """A number with its thousands apart."""
    return str(format_decimal(value, locale=locale()))


def register(app: Flask) -> None:
    """Give templates ``_``, ``ngettext``, ``pgettext`` and ``choose``."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined] # of the extension
        lambda message: catalogue(language()).ugettext(message),
        lambda one, many, count: catalogue(language()).ungettext(one, many, count),
        newstyle=True,
        pgettext=lambda context, message: catalogue(language()).pgettext(context, message),
    )
    app.jinja_env.globals.update(choose=choose, language=language)
    app.jinja_env.filters["number"] = number
    catalogue("zh")


@cache
def catalogue(wanted: Language) -> NullTranslations:
    """All messages of a language."""
    if wanted == "en":
        return NullTranslations()
    return merged(sorted((CATALOGUES / wanted).glob("*.po")), LOCALES[wanted])


def merged(files: Iterable[Path], name: str) -> Translations:
    """The messages of several files as one catalogue; fuzzy ones are left out."""
    found = Translations()
    for file in files:
        with file.open("rb") as source:
            messages = read_po(source, locale=name)
        compiled = BytesIO()
        write_mo(compiled, messages)
        compiled.seek(0)
        each = Translations(compiled)
        found.add(each)
        # Adding takes over the messages, but not how the language counts.
        found.plural = each.plural
    return found


def _chosen() -> Language:
    person = g.get("person")
    if person is not None:
        return "en" if person.language == "en" else "zh"
    wished = request.cookies.get(COOKIE) or request.accept_languages.best_match(["zh", "en"])
    return "en" if wished == "en" else _DEFAULT

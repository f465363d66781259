"""The texts of a component in both languages, compiled."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal

import msgspec

from engine.domain.feel import Expression, FeelSyntaxError, Scope, compile_feel
from engine.domain.forms import FormBrokenError
from forms.definition import Component
from forms.wording import Escape, Wording, compile_wording

Language = Literal["zh", "en"]
#: Markdown can be written so that reading it takes time by the square of its length.
MAX_TEXT: Final = 10_000
#: Attributes with text for people; in English they are properties such as ``label:en``.
_TEXTS: Final = ("label", "description", "text", "content", "alt", "title")
_ADORNERS: Final = {"prefix": "prefixAdorner", "suffix": "suffixAdorner"}


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a component says.

    Attributes:
        zh: Name of the text to the Chinese one. en: The same in English, where there is one.
        data: Rows of a table or documents to preview. columns: Columns of a table, if computed.
    """

    zh: dict[str, Wording]
    en: dict[str, Wording]
    data: Expression | None = None
    columns: Expression | None = None

    def get(self, name: str, language: Language, scope: Scope, escape: Escape = str) -> str:
        """A text in a language, in Chinese if there is no other; empty if there is none."""
        wording = (self.en.get(name) if language == "en" else None) or self.zh.get(name)
        return "" if wording is None else wording.written(scope, escape)

    def expressions(self) -> Iterator[Expression]:
        """Everything it evaluates."""
        for wording in (*self.zh.values(), *self.en.values()):
            yield from wording.expressions()
        yield from filter(None, (self.data, self.columns))


def compile_words(component: Component) -> Words:
    """Compile the texts of a component.

    Raises:
        FormBrokenError: An expression in them is wrong, or one is too long.
    """
    zh = {name: getattr(component, name) for name in _TEXTS} | {
        "label": component.name,
        # An address has no language.
        "source": component.source,
        "prefix": component.appearance.prefix_adorner,
        "suffix": component.appearance.suffix_adorner,
    }
    properties = component.properties
    en = {name: properties.get(f"{_ADORNERS.get(name, name)}:en") for name in zh}
    for name, text in (*zh.items(), *en.items()):
        if name != "source" and len(str(text or "")) > MAX_TEXT:
            raise FormBrokenError(
                f"its {name} is longer than {MAX_TEXT} characters",
                f"其 {name} 超过 {MAX_TEXT} 个字符",
            )
    return Words(
        zh={name: compile_wording(text) for name, text in zh.items() if text},
        en={name: compile_wording(str(text)) for name, text in en.items() if text},
        data=_expression(component.data_source),
        columns=_expression(component.columns_expression),
    )


def _expression(source: str) -> Expression | None:
    if not source.strip():
        return None
    try:
        return compile_feel(source)
    except FeelSyntaxError as error:
        raise FormBrokenError(
            f"the expression {source!r} is wrong: {error}", f"表达式“{source}”有误：{error.zh}"
        ) from error

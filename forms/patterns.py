"""Patterns of text fields. The only place that imports RE2.

A pattern comes from whoever drew the form and meets text from whoever fills it in; RE2 matches in
linear time, so neither can stall a request. Patterns are ECMAScript in form-js; what RE2 does not
have (look-around, back references) is refused at deployment.
"""

import re
from typing import Any, Final

import re2

from engine.domain.forms import FormBrokenError

MAX_PATTERN: Final = 500

_UNICODE_ESCAPE: Final = re.compile(r"((?:^|[^\\])(?:\\\\)*)\\u([0-9a-fA-F]{4})")
# A mailbox as people have them. Source: HTML living standard, "valid e-mail address".
_EMAIL: Final = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@"
    r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
    r"(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)+",
    re.ASCII,
)
MAX_EMAIL: Final = 254
# Mobile 11 digits from 13 to 19, landline with area code and extension, service numbers 400/800,
# five-digit and longer access codes 95xxx/96xxx/100xx, and any number with a foreign country code.
_PHONE: Final = re.compile(
    r"(?:(?:\+|00)?86)?1[3-9]\d{9}"
    r"|(?:(?:\+|00)?86)?0?(?:10|2\d|[3-9]\d{2})[2-9]\d{6,7}(?:(?:x|转)\d{1,6})?"
    r"|[48]00\d{7}"
    r"|9[56]\d{3,6}|1[0-2]\d{3}"
    r"|(?:\+|00)(?!86)[1-9]\d{6,14}",
    re.ASCII,
)
_PHONE_BLANKS: Final = re.compile(r"[ ()-]")


class Pattern:
    """A compiled ECMAScript pattern, matched anywhere in the text as form-js does.

    Raises:
        FormBrokenError: It is too long or not a pattern RE2 can match.
    """

    def __init__(self, source: str) -> None:
        if len(source) > MAX_PATTERN:
            raise FormBrokenError(
                f"a pattern is longer than {MAX_PATTERN} characters",
                f"正则表达式超过 {MAX_PATTERN} 个字符",
            )
        options = re2.Options()
        options.log_errors = False
        try:
            self._compiled: Any = re2.compile(_translated(source), options)
        except re2.error as error:
            detail = error.args[0] if error.args else ""
            text = detail.decode(errors="replace") if isinstance(detail, bytes) else str(detail)
            raise FormBrokenError(
                f"pattern {source!r} is wrong: {text}", f"正则表达式“{source}”有误（{text}）"
            ) from error

    def matches(self, text: str) -> bool:
        """Whether the pattern occurs in the text."""
        return self._compiled.search(text) is not None


def is_email(text: str) -> bool:
    """Whether the text is one e-mail address."""
    return len(text) <= MAX_EMAIL and _EMAIL.fullmatch(text) is not None


def is_phone(text: str) -> bool:
    """Whether the text is one telephone number as written in China, or an international one.

    Blanks, brackets and hyphens between the digits do not matter.
    """
    return _PHONE.fullmatch(_PHONE_BLANKS.sub("", text)) is not None


def _translated(source: str) -> str:
    """ECMAScript writes a code point as four hexadecimal digits after ``u``, RE2 in braces."""
    translated = source
    while (once := _UNICODE_ESCAPE.sub(r"\1\\x{\2}", translated)) != translated:
        translated = once
    return translated

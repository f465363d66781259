r"""Texts that match a pattern, made up for trial runs: short whatever the pattern is.

Reads as much of the syntax of RE2 as decides the shape of a text; which characters a class such as
``[^a-z]`` or ``\p{Han}`` stands for is asked of RE2 itself.
"""

from __future__ import annotations

import functools
import random
import re
import string
from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

import msgspec

from engine.domain.forms import FormBrokenError
from forms.patterns import Pattern

#: Repeated parts of one text; from then on there are as few of each as the pattern allows.
_MAX_REPEATED: Final = 100
#: How many more of a part there may be than there must.
_MORE: Final = (0, 1, 2, 5, 10, 20)
_PROBES: Final = string.digits + string.ascii_letters + "张王李示例中文 -_./:@,;+#()"
_UNSEEN: Final = "\t\n\r\f\v\a"
_CODE: Final = re.compile(r"\\(?:x\{([0-9a-fA-F]+)\}|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4}))")
_PART: Final = re.compile(
    r"""(?P<flags>\(\?[imsU-]+\))
      | (?P<open>\((?:\?(?:P?<\w+>|[imsU-]*:))?)
      | (?P<close>\))
      | (?P<bar>\|)
      | (?P<repeat>[*+?]\??|\{(?P<least>\d+)(?P<comma>,(?P<most>\d*))?\}\??)
      | (?P<edge>[\^$]|\\[bBAz])
      | (?P<code>\\x\{[0-9a-fA-F]+\}|\\x[0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4})
      | (?P<one>\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*\]|\\[pP](?:\{\^?\w+\}|\w)|\\[a-zA-Z]|\.)
      | \\?(?P<literal>.)""",
    re.VERBOSE | re.DOTALL,
)


class _Draw(msgspec.Struct):
    """One text being made up: the chance, and how many more parts may be repeated."""

    chance: random.Random
    left: int = _MAX_REPEATED


_Maker: TypeAlias = Callable[[_Draw], str]


def sample(pattern: str, chance: random.Random) -> str:
    """A text for a pattern that RE2 can read; the same chance gives the same text.

    It matches unless the pattern contradicts itself or has rare syntax: see whether it does.
    """
    try:
        return _maker(pattern)(_Draw(chance))
    except RecursionError:
        return ""


@functools.lru_cache(256)
def _maker(pattern: str) -> _Maker:
    return _alternatives(_PART.finditer(pattern), pattern)


def _alternatives(parts: Iterator[re.Match[str]], pattern: str) -> _Maker:
    """What stands before the bracket that closes a group, or before the end."""
    branches: list[list[_Maker]] = [[]]
    for part in parts:
        makers = branches[-1]
        match part.lastgroup:
            case "close":
                break
            case "bar":
                branches.append([])
            case "open":
                makers.append(_alternatives(parts, pattern))
            case "repeat":
                makers[-1:] = [_repeated(maker, part) for maker in makers[-1:]]
            case "one":
                makers.append(_one_of(_characters(part["one"], pattern)))
            case "code":
                makers.append(_one_of(_coded(part["code"])))
            case "literal":
                makers.append(_one_of(part["literal"]))
    return lambda draw: "".join([maker(draw) for maker in draw.chance.choice(branches)])


def _repeated(maker: _Maker, part: re.Match[str]) -> _Maker:
    if part["least"] is not None:
        least = int(part["least"])
        most = int(part["most"]) if part["most"] else None if part["comma"] else least
    else:
        least, most = {"*": (0, None), "+": (1, None), "?": (0, 1)}[part["repeat"][0]]

    def made(draw: _Draw) -> str:
        more = draw.chance.choice(_MORE)
        count = least + (more if most is None else min(more, most - least))
        count = max(least, min(count, draw.left))
        draw.left -= count
        return "".join([maker(draw) for _ in range(count)])

    return made


def _one_of(characters: str) -> _Maker:
    return lambda draw: draw.chance.choice(characters) if characters else ""


def _coded(text: str) -> str:
    """Characters a text writes as their code points."""
    return "".join(chr(int(code[1] or code[2] or code[3], 16)) for code in _CODE.finditer(text))


def _characters(source: str, pattern: str) -> str:
    """Characters of a class, as far as people use them or the pattern names them."""
    try:
        wanted = Pattern(f"^{source}$")
    except FormBrokenError:
        return ""
    for known in (_PROBES + _coded(pattern), pattern, _UNSEEN):
        found = "".join(filter(wanted.matches, known))
        if found:
            return found
    return ""

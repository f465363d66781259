"""What every command of ``gongdan`` shares: how it speaks and what its exit codes are."""

from __future__ import annotations

import locale
import os
import re
import shutil
import sys
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Final, Literal

#: Exit codes, see ``docs/operations.md``.
DONE, REFUSED, USAGE, UNAVAILABLE, INTERRUPTED = 0, 1, 2, 3, 130

Language = Literal["zh", "en"]

#: Longer lines are hard to read, however wide the terminal is.
_WIDEST: Final = 120
_NARROWEST: Final = 40
#: Chinese text may be broken anywhere, but no line begins with closing or ends with opening marks.
_OPENING, _CLOSING = "“‘（《【", "”’）》】，。；：、！？…"
_CHINESE: Final = r"\u2e80-\u2fff\u3040-\u9fff\uac00-\ud7af\uf900-\ufaff"
_PIECE: Final = re.compile(
    rf"\s+|[{_OPENING}]*(?:[{_CHINESE}]|[^\s{_CHINESE}{_OPENING}{_CLOSING}]*)[{_CLOSING}]*"
)


class UsageError(Exception):
    """The command cannot mean anything as it was given; the text says why."""


def say(text: str) -> None:
    """One line about the command itself, on standard error."""
    print(f"gongdan: {text}", file=sys.stderr, flush=True)  # noqa: T201 - the command line


def show(text: str) -> None:
    """Something that was asked for, on standard output.

    If nobody reads it any more the command goes on: its exit code still says what came of it.
    """
    try:
        print(text, flush=True)  # noqa: T201 - the command line
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def tell(text: str, indent: int = 4) -> None:
    """A sentence that was asked for; folded on a terminal, one line for everything else.

    Args:
        text: The sentence.
        indent: Columns by which its further lines are moved in.
    """
    if sys.stdout.isatty():
        width = min(shutil.get_terminal_size().columns, _WIDEST)
        text = "\n".join(folded(text, max(width, _NARROWEST), indent))
    show(text)


def folded(text: str, width: int, indent: int) -> Iterator[str]:
    """Lines of at most so many columns, of which a Chinese character takes two."""
    line, used = "", 0
    for piece in _PIECE.findall(text):
        taken = columns(piece)
        if used + taken > width and line.strip():
            yield line.rstrip()
            line, used = " " * indent, indent
            if piece.isspace():
                continue
        line, used = line + piece, used + taken
    yield line.rstrip()


def columns(text: str) -> int:
    """Columns a text takes on a terminal."""
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)


def language_of(environment: Mapping[str, str] = os.environ) -> Language:
    """Language of the terminal by the usual variables; English unless they say Chinese."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        wanted = environment.get(name)
        if wanted:
            return "zh" if (locale.normalize(wanted).lower()).startswith("zh") else "en"
    return "en"

"""What is drawn, and for whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from engine.domain.forms import FieldProblem
from engine.ports.forms import Records
from forms.rendering.items import File
from forms.standing import Place
from forms.tree import Block
from forms.words import Language


class Situation(msgspec.Struct, frozen=True, kw_only=True):
    """What is drawn, and for whom.

    Attributes:
        variables: What the task sees.
        values: Values as entered so far; None for a form nobody has touched.
        problems: What is wrong with them, by path.
        language: Of the reader. zone: Zone wall times are shown in.
        records: Records the reader may choose from.
        files: Attachments of the order by id.
        is_fixed: Whether the reader may only look.
        path: Address that draws the form again.
    """

    variables: Mapping[str, Any]
    values: Mapping[str, Any] | None = None
    problems: Mapping[str, Sequence[FieldProblem]] = {}
    language: Language
    zone: ZoneInfo
    records: Records | None = None
    files: Mapping[int | str, File] = {}
    is_fixed: bool = False
    path: str = ""

    @property
    def is_english(self) -> bool:
        """Whether the reader reads English."""
        return self.language == "en"

    def said(self, block: Block, name: str, place: Place) -> str:
        """A text of a component in the reader's language."""
        return block.words.get(name, self.language, place.scope)

    def sentences(self, path: str) -> tuple[str, ...]:
        """What is wrong at a path."""
        found = self.problems.get(path, ())
        return tuple(problem.en if self.is_english else problem.zh for problem in found)

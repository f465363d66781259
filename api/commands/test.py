"""``gongdan test``: the model tests beside diagrams."""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from api.findings import as_text
from api.model_tests import Casebook, Result, casebooks
from api.terminal import DONE, REFUSED, Language, language_of, show, tell

_OK: Final = {"en": "ok    ", "zh": "通过  "}
_FAILED: Final = {"en": "FAILED", "zh": "失败  "}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which tests, and what to say about them."""
    parser.add_argument(
        "path", nargs="+", type=Path, help="a file of model tests, or a folder of such files"
    )
    parser.add_argument(
        "--coverage", action="store_true", help="tell which elements no case has passed"
    )
    parser.add_argument("--language", choices=("zh", "en"), default=language_of())


def run(given: argparse.Namespace) -> int:
    """Run all cases; 1 if one fails."""
    language: Language = given.language
    began, total, failed, is_refused = time.perf_counter(), 0, 0, False
    drawn: dict[str, set[str]] = defaultdict(set)
    passed: dict[str, set[str]] = defaultdict(set)
    for book in casebooks(given.path):
        is_refused = is_refused or bool(book.refusals)
        for line in as_text(book.refusals, language):
            tell(line, indent=6)
        for result in book.results():
            total += 1
            failed += not result.is_right
            for line in _told(book, result, language):
                tell(line, indent=10)
            for process, element in result.passed:
                passed[process].add(element)
        for process, elements in book.elements.items():
            drawn[process].update(elements)
    if given.coverage:
        for line in _coverage(drawn, passed, language):
            tell(line)
    seconds = time.perf_counter() - began
    show(
        f"{total} 个用例，{failed} 个失败，{seconds:.1f} 秒。"
        if language == "zh"
        else f"{total} case{'s' if total != 1 else ''}, {failed} failed, {seconds:.1f} s."
    )
    return REFUSED if failed or is_refused else DONE


def _told(book: Casebook, result: Result, language: Language) -> Iterator[str]:
    mark = _OK if result.is_right else _FAILED
    yield f"{mark[language]}  {book.path}:{result.line}: {result.name}"
    for mismatch in result.mismatches:
        yield (
            f"        {book.path}:{result.failed_at}: "
            f"{mismatch.zh if language == 'zh' else mismatch.en}"
        )


def _coverage(
    drawn: Mapping[str, set[str]], passed: Mapping[str, set[str]], language: Language
) -> Iterator[str]:
    """Per process: share of elements some case passed, and those none did."""
    for process in sorted(drawn):
        all_, met = drawn[process], drawn[process] & passed.get(process, set())
        if not met:
            continue
        share = 100 * len(met) // len(all_)
        missing = ", ".join(sorted(all_ - met))
        if language == "zh":
            told = f"；未经过：{missing}" if missing else ""
            yield f"{process}：经过 {len(met)}/{len(all_)} 个元素（{share}%）{told}"
        else:
            told = f"; never passed: {missing}" if missing else ""
            yield f"{process}: {len(met)} of {len(all_)} elements passed ({share} %){told}"

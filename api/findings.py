"""Findings as text, JSON and SARIF 2.1.0."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import PurePath
from typing import Any, Final
from urllib.parse import quote

import msgspec

from api.terminal import Language
from engine import __version__
from engine.domain.findings import Finding, Severity
from engine.domain.rules import RULES

_WORDS: Final[dict[Severity, str]] = {
    "refused": "拒绝",
    "warning": "警告",
    "assumed": "假定",
    "ignored": "忽略",
}
_LEVELS: Final[dict[Severity, str]] = {
    "refused": "error",
    "warning": "warning",
    "assumed": "note",
    "ignored": "note",
}
#: What has to be put right comes before what may be looked at.
_ORDER: Final[tuple[Severity, ...]] = ("refused", "warning", "assumed", "ignored")
_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"


def line_of(finding: Finding, language: Language) -> str:
    """``file:line:column: severity code: sentence``."""
    place = ":".join(
        str(part) for part in (finding.file, finding.line, finding.column) if part is not None
    )
    severity = _WORDS[finding.severity] if language == "zh" else finding.severity
    sentence = finding.message_zh if language == "zh" else finding.message
    return f"{place}: {severity} {finding.code}: {' '.join(sentence.split())}"


def as_text(findings: Iterable[Finding], language: Language) -> Iterator[str]:
    """Lines file by file, what prevents publishing first; what to do is told once for a run."""
    files: dict[str, list[Finding]] = {}
    for finding in findings:
        files.setdefault(finding.file, []).append(finding)
    for inside in files.values():
        ordered = sorted(inside, key=_urgency)
        for advice, group in groupby(ordered, key=lambda one: _advice(one, language)):
            for finding in group:
                yield line_of(finding, language)
            yield f"    → {advice}"


def _advice(finding: Finding, language: Language) -> str:
    return " ".join((finding.advice_zh if language == "zh" else finding.advice).split())


def _urgency(finding: Finding) -> tuple[int, int, int]:
    return _ORDER.index(finding.severity), finding.line or 0, finding.column or 0


def summary(findings: Sequence[Finding], files: int, language: Language) -> str:
    """One line: how many of each, and whether they can be published."""
    counts: dict[str, int] = dict.fromkeys(_WORDS, 0)
    for finding in findings:
        counts[finding.severity] += 1
    if language == "zh":
        told = "，".join(f"{word} {counts[one]}" for one, word in _WORDS.items() if counts[one])
        verdict = "不能发布" if counts["refused"] else "可以发布"
        return f"{files} 个文件：{told or '没有问题'}。{verdict}。"
    if counts["warning"] > 1:
        counts = {"warnings" if one == "warning" else one: counts[one] for one in counts}
    told = ", ".join(f"{count} {one}" for one, count in counts.items() if count)
    verdict = "cannot be published" if counts["refused"] else "can be published"
    return f"{files} file{'s' if files != 1 else ''}: {told or 'nothing to remark'}; {verdict}."


def as_json(findings: Iterable[Finding], *, is_refused: bool, files: int) -> str:
    """The findings as the API gives them."""
    document = {"is_refused": is_refused, "files": files, "findings": list(findings)}
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode()


def as_sarif(findings: Sequence[Finding], language: Language) -> str:
    """A SARIF 2.1.0 log with one run; rules come from the catalogue.

    Source: OASIS, Static Analysis Results Interchange Format 2.1.0.
    """
    codes = sorted({finding.code for finding in findings})
    places = {code: position for position, code in enumerate(codes)}
    document = {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "gongdan",
                        "semanticVersion": __version__,
                        "language": "zh-CN" if language == "zh" else "en",
                        "rules": [_rule(code, language) for code in codes],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": [_result(finding, places, language) for finding in findings],
            }
        ],
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode()


def _rule(code: str, language: Language) -> dict[str, Any]:
    rule = RULES[code]
    is_chinese = language == "zh"
    return {
        "id": code,
        "shortDescription": {"text": _general(rule.zh if is_chinese else rule.en)},
        "help": {"text": _general(rule.advice_zh if is_chinese else rule.advice)},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        **({"properties": {"source": rule.source}} if rule.source else {}),
    }


def _general(sentence: str) -> str:
    """A sentence of the catalogue without the facts of a case."""
    return re.sub(r"(?<!{){\w+}", "…", sentence).replace("{{", "{").replace("}}", "}")


def _result(finding: Finding, places: dict[str, int], language: Language) -> dict[str, Any]:
    is_chinese = language == "zh"
    sentence = finding.message_zh if is_chinese else finding.message
    advice = finding.advice_zh if is_chinese else finding.advice
    location: dict[str, Any] = {
        "physicalLocation": {"artifactLocation": {"uri": _uri(finding.file)}}
    }
    if finding.line is not None:
        region = {"startLine": finding.line}
        if finding.column is not None:
            region["startColumn"] = finding.column
        location["physicalLocation"]["region"] = region
    if finding.element_id is not None:
        named = {"name": finding.element_name} if finding.element_name else {}
        location["logicalLocations"] = [
            {"fullyQualifiedName": finding.element_id, "kind": "element", **named}
        ]
    return {
        "ruleId": finding.code,
        "ruleIndex": places[finding.code],
        "level": _LEVELS[finding.severity],
        "message": {"text": f"{sentence} {advice}"},
        "locations": [location],
        "properties": {"severity": finding.severity},
    }


def _uri(file: str) -> str:
    """A path as SARIF wants it: relative, or with its scheme."""
    path = PurePath(file)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())

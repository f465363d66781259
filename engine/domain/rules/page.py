"""The catalogue as a page for process owners: ``docs/diagram-rules.md``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from engine.domain.findings import Severity
from engine.domain.rules import SECTIONS
from engine.domain.rules.rule import Rule

_HEAD: Final = """# Rules about diagrams 流程图规则

**摘要。** 部署前系统检查全部文件，一次列出所有问题。
“拒绝”：运行结果会与图不一致，或根本不能运行；“假定”：有缺漏，但只有一种合理含义，已按此理解；
“忽略”：在此不起作用；“警告”：按图运行，但多半不是本意。只有“拒绝”妨碍发布。
`gongdan check` 在本机检查，`gongdan rules` 输出本页。

Everything `gongdan check`, `POST /api/v1/deployments/check` and publishing can say about files.
This page is printed by `gongdan rules`; do not edit it. Only what is *refused* prevents
publishing. Words in braces are filled in from the file.

| class | 类别 | meaning |
|---|---|---|
| refused | 拒绝 | would run differently from the drawing, or not at all |
| assumed | 假定 | has one sensible meaning, which is stated |
| ignored | 忽略 | has no effect here |
| warning | 警告 | runs as drawn, but is probably not meant |
"""
_COLUMNS: Final = """| rule | class | sentence | 说明 | what to do | 处理办法 | source |
|---|---|---|---|---|---|---|"""
_CLASSES: Final[dict[Severity, str]] = {
    "refused": "refused 拒绝",
    "assumed": "assumed 假定",
    "ignored": "ignored 忽略",
    "warning": "warning 警告",
}


def page() -> str:
    """The whole page as Markdown."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield _HEAD.rstrip("\n")
    for (title, title_zh), rules in SECTIONS.items():
        yield f"\n## {title} {title_zh}"
        yield _COLUMNS
        for code, rule in rules.items():
            yield _row(code, rule)


def _row(code: str, rule: Rule) -> str:
    cells = (rule.en, rule.zh, rule.advice, rule.advice_zh, rule.source)
    told = " | ".join(map(_cell, cells))
    return f"| `{code}` | {_CLASSES[rule.severity]} | {told} |"


def _cell(text: str) -> str:
    """Text as it may stand in a table, with facts named alike in both languages."""
    plain = " ".join(text.split()).replace("{{", "{").replace("}}", "}")
    named = re.sub(r"\{(\w+)_zh\}", r"{\1}", plain)
    return re.sub(r"([*<|])", r"\\\1", named)

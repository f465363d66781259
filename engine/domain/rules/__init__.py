"""The one catalogue of rules about deployed files; ``docs/diagram-rules.md`` is made from it."""

from collections.abc import Mapping

from engine.domain.findings import Finding
from engine.domain.rules import (
    assumptions,
    decisions,
    desk,
    flow,
    forms,
    language,
    reading,
    structure,
    tasks,
)
from engine.domain.rules.rule import Rule

#: Sections in the order in which a file goes through the compiler, with their Chinese titles.
SECTIONS: Mapping[tuple[str, str], Mapping[str, Rule]] = {
    ("Reading", "读取"): reading.RULES,
    ("Assumptions", "假定"): assumptions.RULES,
    ("Structure", "结构"): structure.RULES,
    ("Flow", "流转"): flow.RULES,
    ("Language", "表达式与时间"): language.RULES,
    ("Tasks and events", "任务与事件"): tasks.RULES,
    ("Decisions", "决策"): decisions.RULES,
    ("Forms", "表单"): forms.RULES,
    ("The desk", "工单台"): desk.RULES,
}
RULES: Mapping[str, Rule] = {
    code: rule for section in SECTIONS.values() for code, rule in section.items()
}


def finding(
    code: str,
    file: str,
    *,
    line: int | None = None,
    column: int | None = None,
    element_id: str | None = None,
    element_name: str | None = None,
    **facts: object,
) -> Finding:
    """A finding of a rule, its sentences filled with the facts.

    Args:
        code: Rule code.
        file: Name of the file.
        line: Line of the element, counted from 1.
        column: Column of the element, counted from 1.
        element_id: Id of the element.
        element_name: Its name; it is the ``{subject}`` of sentences, else the id, else the file.
        **facts: Other facts of the sentences.
    """
    rule = RULES[code]
    known = {"subject": element_name or element_id or file, **facts}
    return Finding(
        severity=rule.severity,
        code=code,
        file=file,
        line=line,
        column=column,
        element_id=element_id,
        element_name=element_name,
        message=rule.en.format_map(known),
        message_zh=rule.zh.format_map(known),
        advice=rule.advice.format_map(known),
        advice_zh=rule.advice_zh.format_map(known),
    )

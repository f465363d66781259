"""What is wrong with a form definition, all at once, before it is deployed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final
from zoneinfo import ZoneInfo

from marshmallow import ValidationError

from engine.domain.findings import Finding
from engine.domain.forms import FormBrokenError
from engine.domain.rules import finding
from forms.definition import (
    CHOICES,
    CONTAINERS,
    INPUTS,
    LISTS,
    NEWEST_SCHEMA,
    OLDEST_SCHEMA,
    Component,
    Definition,
    Option,
)
from forms.fields import field_of, identity
from forms.growing import Tree, walk
from forms.reading import read
from forms.rules import KINDS

_LANGUAGES: Final = {"Chinese": "中文", "English": "英文"}

#: Rule code and the facts of its sentence.
_Remark = tuple[str, dict[str, Any]]


def diagnose(form: bytes, name: str, zone: ZoneInfo) -> tuple[Finding, ...]:
    """Findings about a definition in the order of the form.

    Args:
        form: The file.
        name: Its name, repeated in every finding.
        zone: Zone of wall times in default values.
    """
    reporter = _Reporter(name)
    try:
        definition = read(form)
        Tree(zone, reporter.refuse).grown(definition)
    except FormBrokenError as error:
        reasons: dict[str, Any] = {"reason": error.reason, "reason_zh": error.reason_zh}
        return (finding("form-broken", name, **reasons),)
    for code, facts in _version(definition):
        reporter.findings.append(finding(code, name, **facts))
    for component, _depth in walk(definition.components):
        for code, facts in _remarks(component, zone):
            reporter.report(code, component, **facts)
    return tuple(reporter.findings)


class _Reporter:
    """Collects findings about one file."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.findings: list[Finding] = []

    def report(self, code: str, component: Component, **facts: Any) -> None:
        """Add a finding about a component."""
        self.findings.append(
            finding(
                code,
                self._name,
                element_id=component.key or component.path or component.id or component.type,
                element_name=component.name or None,
                **facts,
            )
        )

    def refuse(self, component: Component, error: FormBrokenError) -> None:
        """Add what compiling a component complained about."""
        self.report(
            "form-component-invalid", component, reason=error.reason, reason_zh=error.reason_zh
        )


def _version(definition: Definition) -> Iterator[_Remark]:
    version = definition.schema_version
    if version is None or version < OLDEST_SCHEMA:
        found = ("missing", "空缺") if version is None else (version, version)
        facts = {"oldest": OLDEST_SCHEMA, "found": found[0], "found_zh": found[1]}
        yield "form-schema-version", facts
    elif version > NEWEST_SCHEMA:
        yield "form-schema-newer", {"newest": NEWEST_SCHEMA, "found": version}


def _remarks(component: Component, zone: ZoneInfo) -> Iterator[_Remark]:
    if component.type in INPUTS | CONTAINERS:
        yield from _labels(component)
        yield from _options(component)
        yield from _bounds(component)
        yield from _default(component, zone)


def _labels(component: Component) -> Iterator[_Remark]:
    """Labels in both languages. A group may go without any: it only frames others."""
    if component.type not in INPUTS - {"expression"}:
        return
    for language, label in (("Chinese", component.name), ("English", component.name_en)):
        if not label:
            words = {"language": language, "language_zh": _LANGUAGES[language]}
            yield "form-label-missing", words
    for option in component.values:
        if isinstance(option, Option) and not (option.label and option.label_en):
            yield "form-option-label-missing", {"option": option.value}


def _options(component: Component) -> Iterator[_Remark]:
    if component.type not in CHOICES:
        return
    sources = [
        component.values,
        component.values_key,
        component.values_expression,
        component.options_from,
    ]
    count = sum(map(bool, sources))
    if count != 1:
        yield (
            "form-options-invalid",
            {"reason": f"it has {count} sources of them", "reason_zh": f"有 {count} 个来源"},
        )
    kind = component.options_from
    if kind and (kind not in KINDS or component.type not in ("select", "taglist")):
        known = ", ".join(KINDS)
        yield (
            "form-options-invalid",
            {
                "reason": f"optionsFrom {kind} is not one of {known} on a select or taglist",
                "reason_zh": f"optionsFrom“{kind}”不是下拉或标签列表可用的来源（可用：{known}）",
            },
        )
    if len(set(map(identity, component.options))) < len(component.options):
        yield (
            "form-options-invalid",
            {"reason": "a value comes twice", "reason_zh": "有的值重复"},
        )


def _bounds(component: Component) -> Iterator[_Remark]:
    rules = component.rules
    for low, high in ((rules.min, rules.max), (rules.min_length, rules.max_length)):
        if isinstance(low, int | float) and isinstance(high, int | float) and low > high:
            yield "form-bounds-contradict", {"low": low, "high": high}


def _default(component: Component, zone: ZoneInfo) -> Iterator[_Remark]:
    default = component.default_value
    if default is None or component.type not in INPUTS:
        return
    try:
        value = field_of(component, zone).deserialize(default)
    except ValidationError as error:
        yield _bad_default(default, error.messages)
        return
    chosen = value if component.type in LISTS else [value]
    options = set(map(identity, component.options))
    if value is not None and options and not options.issuperset(map(identity, chosen)):
        yield _bad_default(default, [])


def _bad_default(default: Any, problems: Any) -> _Remark:
    listed = problems if isinstance(problems, list) else []
    en = "; ".join(problem.en.rstrip(".") for problem in listed) or "it is not one of the options"
    zh = "；".join(problem.zh.rstrip("。") for problem in listed) or "不在选项之内"
    return "form-default-invalid", {"value": repr(default), "reason": en, "reason_zh": zh}

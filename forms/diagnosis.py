"""What is wrong with a form definition, all at once, before it is deployed."""

from collections.abc import Iterator
from typing import Any, Final
from zoneinfo import ZoneInfo

from marshmallow import ValidationError

from engine.domain.forms import FormBrokenError
from engine.ports import Finding
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
    read,
)
from forms.fields import field_of, identity
from forms.schema import Tree, walk

REFUSED: Final = "refused"
WARNING: Final = "warning"


def diagnose(form: bytes, name: str, zone: ZoneInfo) -> tuple[Finding, ...]:
    """Findings about a definition, refusals and warnings, in the order of the form.

    Args:
        form: The file.
        name: Its name, repeated in every finding.
        zone: Zone of wall times in default values.
    """
    reporter = _Reporter(name)
    try:
        definition = read(form)
        Tree(zone, reporter.refuse_component).grown(definition)
    except FormBrokenError as error:
        reason = str(error.params["reason"])
        reporter.report(
            REFUSED,
            "form-broken",
            None,
            f"Expected a readable form, but {reason}.",
            f"表单定义无法读取：{reason}。",
        )
        return tuple(reporter.findings)
    _check_version(definition, reporter)
    for component, _depth in walk(definition.components):
        _check_component(component, reporter, zone)
    return tuple(reporter.findings)


class _Reporter:
    """Collects findings about one file."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.findings: list[Finding] = []

    def report(
        self, severity: str, code: str, component: Component | None, en: str, zh: str
    ) -> None:
        """Add a finding; without a component it is about the whole form."""
        self.findings.append(
            Finding(
                severity=severity,
                code=code,
                file=self._name,
                line=None,
                element_id=_place(component) if component is not None else None,
                element_name=(component.name or None) if component is not None else None,
                message=en,
                message_zh=zh,
            )
        )

    def refuse_component(self, component: Component, reason: str) -> None:
        """Add what compiling a component complained about."""
        self.report(
            REFUSED,
            "form-component-invalid",
            component,
            f"Expected a usable component, but {reason}.",
            f"组件无法使用：{reason}。",
        )


def _place(component: Component) -> str:
    return component.key or component.path or component.id or component.type


def _check_version(definition: Definition, reporter: _Reporter) -> None:
    version = definition.schema_version
    if version is None or version < OLDEST_SCHEMA:
        found = "missing" if version is None else version
        reporter.report(
            REFUSED,
            "form-schema-version",
            None,
            f"Expected schemaVersion {OLDEST_SCHEMA} or newer, but it is {found}.",
            f"schemaVersion 应不低于 {OLDEST_SCHEMA}，实际为 {found}。",
        )
    elif version > NEWEST_SCHEMA:
        reporter.report(
            WARNING,
            "form-schema-version",
            None,
            f"Expected schemaVersion up to {NEWEST_SCHEMA}, but it is {version};"
            " newer features are ignored.",
            f"schemaVersion 应不高于 {NEWEST_SCHEMA}，实际为 {version}；新特性将被忽略。",
        )


def _check_component(component: Component, reporter: _Reporter, zone: ZoneInfo) -> None:
    if component.type not in INPUTS | CONTAINERS:
        return
    for severity, code, en, zh in (
        *_labels(component),
        *_options(component),
        *_bounds(component),
        *_default(component, zone),
    ):
        reporter.report(severity, code, component, en, zh)


_Remark = tuple[str, str, str, str]


def _labels(component: Component) -> Iterator[_Remark]:
    """Labels in both languages. A group may go without any: it only frames others."""
    if component.type not in INPUTS - {"expression"}:
        return
    if not component.name:
        yield WARNING, "form-label-missing", "Expected a Chinese label.", "缺少中文标签。"
    if not component.name_en:
        yield (
            WARNING,
            "form-label-missing",
            "Expected an English label in the property label:en.",
            "缺少英文标签（属性 label:en）。",
        )
    for option in component.values:
        if isinstance(option, Option) and not (option.label and option.label_en):
            yield (
                WARNING,
                "form-label-missing",
                f"Expected option {option.value!r} to have label and label:en.",
                f"选项 {option.value!r} 缺少 label 或 label:en。",
            )


def _options(component: Component) -> Iterator[_Remark]:
    if component.type not in CHOICES:
        return
    sources = [component.values, component.values_key, component.values_expression]
    if sum(map(bool, sources)) != 1:
        yield (
            REFUSED,
            "form-options-invalid",
            "Expected exactly one of values, valuesKey and valuesExpression.",
            "values、valuesKey、valuesExpression 应恰有一个。",
        )
    if len(set(map(identity, component.options))) < len(component.options):
        yield (
            REFUSED,
            "form-options-invalid",
            "Expected every option once, but a value comes twice.",
            "选项的值有重复。",
        )


def _bounds(component: Component) -> Iterator[_Remark]:
    rules = component.rules
    for low, high in ((rules.min, rules.max), (rules.min_length, rules.max_length)):
        if isinstance(low, int | float) and isinstance(high, int | float) and low > high:
            yield (
                REFUSED,
                "form-bounds-contradict",
                f"Expected limits that leave a choice, but {low} is more than {high}.",
                f"下限 {low} 大于上限 {high}。",
            )


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
        yield _bad_default(default, "it is not one of the options")


def _bad_default(default: Any, reason: object) -> _Remark:
    problems = reason if isinstance(reason, list) else []
    en = "; ".join(problem.en for problem in problems) or str(reason)
    zh = "".join(problem.zh for problem in problems) or "不在选项之内。"
    return (
        REFUSED,
        "form-default-invalid",
        f"Expected a default value that fits, but {default!r} does not: {en}",
        f"默认值 {default!r} 不合要求：{zh}",
    )

"""Catalogue of what is refused or remarked about deployed files.

``refused`` stands for everything that would run differently from the drawing, or not at all.
Sentences may use ``{subject}`` (name or id of the element) and the facts of the finding.
"""

from __future__ import annotations

from typing import Literal

import msgspec


class Rule(msgspec.Struct, frozen=True):
    """One rule.

    Attributes:
        severity: Whether a finding forbids publishing.
        en: English sentence. zh: Chinese sentence.
    """

    severity: Literal["refused", "warning"]
    en: str
    zh: str


def _refused(en: str, zh: str) -> Rule:
    return Rule("refused", en, zh)


def _warning(en: str, zh: str) -> Rule:
    return Rule("warning", en, zh)


RULES: dict[str, Rule] = {
    # -- reading --
    "file-too-large": _refused(
        "Expected a file within the limits, but {reason}.", "文件超出限制：{reason_zh}。"
    ),
    "doctype": _refused(
        "Expected a file without a document type, but it has one.",
        "文件不得包含 DOCTYPE 或实体声明。",
    ),
    "xml-malformed": _refused(
        "Expected well-formed XML, but {reason}.", "文件不是格式正确的 XML。"
    ),
    "file-unknown": _refused(
        "Expected a BPMN or DMN file, but '{subject}' is neither.",
        "“{subject}”既不是 BPMN 文件，也不是 DMN 文件。",
    ),
    "process-none": _refused(
        "Expected an executable process, but the files contain none.",
        "部署文件中没有可执行的流程。",
    ),
    "process-not-executable": _warning(
        "The process '{subject}' is not marked executable and is left out.",
        "流程“{subject}”未标记为可执行，已忽略。",
    ),
    "process-repeated": _refused(
        "Expected every process once, but '{key}' occurs twice.", "流程“{key}”重复出现。"
    ),
    "id-missing": _refused(
        "Expected the {kind} to have an id, but it has none.", "元素 {kind} 缺少 id。"
    ),
    "id-repeated": _refused(
        "Expected every id once, but '{id}' occurs twice.", "id“{id}”重复出现。"
    ),
    # -- structure --
    "element-unsupported": _refused(
        "Expected an element the engine runs, but '{subject}' is a {kind}.",
        "引擎不支持元素“{subject}”的类型 {kind}。",
    ),
    "event-unsupported": _refused(
        "Expected an event the engine runs here, but '{subject}' has {kind}.",
        "引擎不支持“{subject}”在此处使用 {kind}。",
    ),
    "event-multiple": _refused(
        "Expected one event definition, but '{subject}' has {count}.",
        "“{subject}”应只有一个事件定义，现有 {count} 个。",
    ),
    "event-missing": _refused(
        "Expected '{subject}' to say what it waits for, but it does not.",
        "“{subject}”没有说明等待什么事件。",
    ),
    "reference-missing": _refused(
        "Expected '{subject}' to refer to an existing {kind}, but '{reference}' is none.",
        "“{subject}”引用的 {kind}“{reference}”不存在。",
    ),
    "flow-broken": _refused(
        "Expected the flow '{flow}' to connect two nodes of one scope, but it does not.",
        "连线“{flow}”没有连接同一范围内的两个节点。",
    ),
    "flow-without-condition": _refused(
        "Expected a condition on the flow '{flow}' out of '{subject}', or that it is the default.",
        "从“{subject}”出发的连线“{flow}”既无条件，也不是默认连线。",
    ),
    "condition-ignored": _refused(
        "Expected no condition on the flow '{flow}', because '{subject}' would not look at it.",
        "“{subject}”不会判断连线“{flow}”上的条件。",
    ),
    "default-unknown": _refused(
        "Expected the default flow of '{subject}' to leave it, but '{flow}' does not.",
        "“{subject}”的默认连线“{flow}”不是它的出线。",
    ),
    "start-missing": _refused(
        "Expected '{subject}' to have a start event, but it has none.",
        "“{subject}”没有开始事件。",
    ),
    "start-several": _refused(
        "Expected '{subject}' to begin in one way, but it has {count} start events.",
        "“{subject}”应只有一个开始事件，现有 {count} 个。",
    ),
    "start-by-event": _warning(
        "'{subject}' starts by a {kind}; the engine starts it by command or message only.",
        "“{subject}”由 {kind} 启动；引擎在收到命令或消息时启动。",
    ),
    "end-leaves": _refused(
        "Expected no flow out of the end event '{subject}', but there is one.",
        "结束事件“{subject}”不得有出线。",
    ),
    "start-entered": _refused(
        "Expected no flow into the start event '{subject}', but there is one.",
        "开始事件“{subject}”不得有入线。",
    ),
    "unreachable": _refused(
        "Expected a way from the start to '{subject}', but there is none.",
        "从开始事件无法到达“{subject}”。",
    ),
    "boundary-unattached": _refused(
        "Expected '{subject}' to be attached to an activity, but '{host}' is none.",
        "边界事件“{subject}”所附着的“{host}”不是活动。",
    ),
    "boundary-never": _refused(
        "Expected '{subject}' to be able to happen, but '{host}' never waits.",
        "“{host}”不会等待，边界事件“{subject}”永远不会发生。",
    ),
    "event-sub-process-connected": _refused(
        "Expected no flow at the event sub-process '{subject}', but there is one.",
        "事件子流程“{subject}”不得有连线。",
    ),
    "gateway-target": _refused(
        "Expected only catching events behind '{subject}', but '{target}' is none.",
        "“{subject}”之后只能是捕获事件，“{target}”不是。",
    ),
    "link-unpaired": _refused(
        "Expected one catching link named '{name}', but there are {count}.",
        "名为“{name}”的链接捕获事件应恰有一个，现有 {count} 个。",
    ),
    # -- language --
    "expression-invalid": _refused(
        "{reason} (at '{subject}')", "“{subject}”的表达式无法识别：“{text}”。"
    ),
    "timer-invalid": _refused(
        "{reason} (at '{subject}')", "“{subject}”的时间无法识别：“{text}”。"
    ),
    "timer-missing": _refused(
        "Expected '{subject}' to say when, but it has no date, duration or cycle.",
        "“{subject}”没有给出日期、时长或周期。",
    ),
    "script-language": _refused(
        "Expected a script in the language of the engine, but '{subject}' is in '{language}'.",
        "“{subject}”的脚本语言“{language}”不受支持。",
    ),
    "script-missing": _refused(
        "Expected '{subject}' to have a script, but it has none.", "“{subject}”没有脚本。"
    ),
    # -- tasks --
    "service-without-topic": _refused(
        "Expected the service task '{subject}' to have a topic, but it has none.",
        "服务任务“{subject}”没有 topic。",
    ),
    "service-implementation": _refused(
        "Expected an external task or an expression, but '{subject}' uses {kind}.",
        "“{subject}”使用 {kind}；只支持外部任务或表达式。",
    ),
    "message-missing": _refused(
        "Expected '{subject}' to name a message, but it does not.", "“{subject}”没有指定消息。"
    ),
    "decision-missing": _refused(
        "Expected '{subject}' to ask a decision of this deployment, but '{decision}' is none.",
        "“{subject}”引用的决策“{decision}”不在本次部署中。",
    ),
    "decision-invalid": _refused(
        "Expected a decision that can be evaluated, but {reason}.",
        "决策“{subject}”不完整，或含有无法计算的内容。",
    ),
    "called-missing": _refused(
        "Expected '{subject}' to name the process it calls, but it does not.",
        "调用活动“{subject}”没有指定被调用流程。",
    ),
    "called-unknown": _refused(
        "Expected the process '{key}' called by '{subject}', but it is neither deployed nor here.",
        "“{subject}”调用的流程“{key}”既未发布，也不在本次部署中。",
    ),
    "called-binding": _refused(
        "Expected '{subject}' to call the newest version, but it asks for '{binding}'.",
        "“{subject}”要求绑定“{binding}”；只支持调用最新版本。",
    ),
    "called-empty-handed": _warning(
        "'{subject}' passes no variables to the process it calls.",
        "“{subject}”没有向被调用流程传递变量。",
    ),
    "loop-endless": _refused(
        "Expected '{subject}' to stop repeating, but it has no condition, number or collection.",
        "“{subject}”的循环没有条件、次数或集合。",
    ),
    "listener-ignored": _warning(
        "The listeners of '{subject}' are not run.", "“{subject}”的监听器不会执行。"
    ),
    "name-en-missing": _warning(
        "'{subject}' has no English name (extension property name:en).",
        "“{subject}”没有英文名称（扩展属性 name:en）。",
    ),
    "build-failed": _refused(
        "Expected the drawing to be built as it is, but {reason}.", "“{subject}”未能按图构建。"
    ),
}

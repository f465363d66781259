"""Damages XML the way editors, people and disks do; the same seed gives the same mutant."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence

from lxml import etree

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
CAMUNDA = "http://camunda.org/schema/1.0/bpmn"

_VALUES = (
    "", " ", "x", "x > 1", "${x}", "#{x}", "${x", "}", "=x", "= a > b", "= if a then b", "${1/0}",
    "${x.y.z}", "${x[0]}", "${'a' + 1}", "${now() + 'PT1H'}", "PT5M", "R3/PT1H", "R/PT0S", "P1Y2M",
    "2026-01-05T10:00:00Z", "0 0 * * *", "99999999999999999999", "-1", "0", "1", "3", "true",
    "false", "null", "1e400", "合同", "客户 名称", "𝄞", "a:b", "bpmn:userTask", "import os",
    "x = 1", "y\nz =", "if x:\n  y = 1", "lambda: 1", "{'a': 1}", "[1, 2]", "[1..5]", "not(1)",
    "< 3", '"a","b"', "-", "a,b,,c", "a=b=c", "\t\n", "&lt;", "%s", "{subject}", "{0}", "../x",
    "x" * 3000, "(" * 400, "x." * 300 + "x", "1 + " * 300 + "1",
)  # fmt: skip
_TAGS = tuple(
    "startEvent endEvent intermediateCatchEvent intermediateThrowEvent boundaryEvent task userTask"
    " manualTask serviceTask sendTask receiveTask scriptTask businessRuleTask subProcess"
    " transaction adHocSubProcess callActivity exclusiveGateway parallelGateway inclusiveGateway"
    " eventBasedGateway complexGateway sequenceFlow timerEventDefinition messageEventDefinition"
    " signalEventDefinition errorEventDefinition escalationEventDefinition linkEventDefinition"
    " compensateEventDefinition cancelEventDefinition terminateEventDefinition"
    " conditionalEventDefinition multiInstanceLoopCharacteristics standardLoopCharacteristics"
    " conditionExpression timeDate timeCycle timeDuration script condition loopCardinality"
    " completionCondition extensionElements dataObject ioSpecification association laneSet lane"
    " flowNodeRef message signal error escalation process collaboration import nonsense".split()
)
_FLAGS = (
    "isInterrupting", "cancelActivity", "triggeredByEvent", "isForCompensation", "isSequential",
    "testBefore", "isExecutable", "instantiate", "startQuantity", "completionQuantity", "default",
    "attachedToRef", "messageRef", "signalRef", "errorRef", "escalationRef", "activityRef",
    "calledElement", "scriptFormat", "loopMaximum", "name", "id", "sourceRef", "targetRef",
    "typeRef", "hitPolicy", "aggregation", "href", "gatewayDirection", "eventGatewayType",
)  # fmt: skip
_CAMUNDA = (
    "assignee", "candidateGroups", "candidateUsers", "dueDate", "followUpDate", "priority",
    "formKey", "topic", "type", "expression", "class", "delegateExpression", "resultVariable",
    "decisionRef", "mapDecisionResult", "collection", "elementVariable", "asyncBefore",
    "calledElementBinding", "initiator", "errorCodeVariable", "unheardOf",
)  # fmt: skip
_NAMESPACES = (
    "http://flowable.org/bpmn", "http://activiti.org/bpmn", "http://camunda.org/schema/zeebe/1.0",
    "http://www.jboss.org/drools", "urn:nobody", "https://www.omg.org/spec/DMN/20191111/MODEL/",
    "", BPMN, CAMUNDA,
)  # fmt: skip
_TEXT_SHARE = 0.25
_MOST = 3


def mutant(seeds: Sequence[bytes], number: int) -> bytes:
    """One damaged file.

    Args:
        seeds: Files to damage; parts of one may end up in another.
        number: Which mutant.
    """
    chance = random.Random(number)
    data, other = chance.choice(seeds), chance.choice(seeds)
    if chance.random() < _TEXT_SHARE:
        return _damaged_text(data, other, chance)
    root, donor = etree.fromstring(data), etree.fromstring(other)
    for _ in range(chance.randint(1, _MOST)):
        chance.choice(_TREE)(root, donor, chance)
    return bytes(etree.tostring(root, encoding=chance.choice(("utf-8", "utf-8", "utf-16"))))


def _damaged_text(data: bytes, other: bytes, chance: random.Random) -> bytes:
    text = data.decode()
    for _ in range(chance.randint(1, _MOST)):
        text = chance.choice(_TEXTS)(text, other.decode(), chance)
    encoded = text.encode(errors="replace")
    if chance.random() < 0.2:
        encoded = chance.choice(_BYTES)(encoded, chance)
    return encoded


# -- trees --


def _inner(root: etree._Element, chance: random.Random) -> etree._Element:
    return chance.choice([one for one in root.iter() if isinstance(one.tag, str)][1:] or [root])


def _drop(root: etree._Element, _: etree._Element, chance: random.Random) -> None:
    target = _inner(root, chance)
    parent = target.getparent()
    if parent is not None:
        parent.remove(target)


def _copy(root: etree._Element, donor: etree._Element, chance: random.Random) -> None:
    source = _inner(chance.choice((root, donor)), chance)
    _inner(root, chance).append(etree.fromstring(etree.tostring(source, with_tail=False)))


def _move(root: etree._Element, _: etree._Element, chance: random.Random) -> None:
    target, place = _inner(root, chance), _inner(root, chance)
    if target is not root and target is not place and target not in place.iterancestors():
        place.insert(chance.randint(0, len(place)), target)


def _swap(root: etree._Element, _: etree._Element, chance: random.Random) -> None:
    target = _inner(root, chance)
    siblings = list(target)
    chance.shuffle(siblings)
    target[:] = siblings


def _retag(root: etree._Element, _: etree._Element, chance: random.Random) -> None:
    target = _inner(root, chance)
    namespace = etree.QName(target).namespace or BPMN
    target.tag = f"{{{namespace}}}{chance.choice(_TAGS)}"


def _renamespace(root: etree._Element, _: etree._Element, chance: random.Random) -> None:
    target = chance.choice((root, _inner(root, chance), _inner(root, chance)))
    namespace = chance.choice(_NAMESPACES)
    name = etree.QName(target).localname
    target.tag = f"{{{namespace}}}{name}" if namespace else name


def _attribute(root: etree._Element, donor: etree._Element, chance: random.Random) -> None:
    target = _inner(root, chance)
    taken = [value for one in (root, donor) for value in _inner(one, chance).attrib.values()]
    value = chance.choice((*_VALUES, *taken, *_ids(root)))
    present = list(target.attrib)
    if present and chance.random() < 0.7:
        name = chance.choice(present)
    elif chance.random() < 0.5:
        name = chance.choice(_FLAGS)
    else:
        namespace = chance.choice((CAMUNDA, CAMUNDA, "http://activiti.org/bpmn"))
        name = f"{{{namespace}}}{chance.choice(_CAMUNDA)}"
    target.set(name, value)


def _drop_attribute(root: etree._Element, _: etree._Element, chance: random.Random) -> None:
    target = _inner(root, chance)
    if target.attrib:
        del target.attrib[chance.choice(list(target.attrib))]


def _swap_attributes(root: etree._Element, _: etree._Element, chance: random.Random) -> None:
    target = _inner(root, chance)
    names, values = list(target.attrib), list(target.attrib.values())
    chance.shuffle(values)
    for name, value in zip(names, values, strict=True):
        target.set(name, value)


def _rewire(root: etree._Element, _: etree._Element, chance: random.Random) -> None:
    """Let a reference name something else that exists."""
    references = [
        (one, name)
        for one in root.iter()
        for name in one.attrib
        if name.endswith("Ref") or name in {"default", "calledElement"}
    ]
    if references:
        target, name = chance.choice(references)
        target.set(name, chance.choice([*_ids(root), "gone"]))


def _text(root: etree._Element, _: etree._Element, chance: random.Random) -> None:
    filled = [one for one in root.iter() if one.text and one.text.strip()] or [root]
    target = chance.choice((chance.choice(filled), chance.choice(filled), _inner(root, chance)))
    target.text = chance.choice(_VALUES)


def _ids(root: etree._Element) -> list[str]:
    return [str(one.get("id")) for one in root.iter() if one.get("id")]


_TREE: tuple[Callable[[etree._Element, etree._Element, random.Random], None], ...] = (
    _drop, _copy, _move, _swap, _retag, _renamespace, _attribute, _attribute, _attribute,
    _drop_attribute, _swap_attributes, _rewire, _rewire, _text, _text,
)  # fmt: skip

# -- texts and bytes --

_PART = re.compile(r"<[^>]+>|[^<]+")
_QUOTED = re.compile(r'"[^"]*"')


def _parts(text: str, chance: random.Random, change: Callable[[list[str], int], None]) -> str:
    parts = _PART.findall(text)
    change(parts, chance.randrange(len(parts)))
    return "".join(parts)


def _drop_part(text: str, _: str, chance: random.Random) -> str:
    return _parts(text, chance, lambda parts, at: parts.pop(at) and None)


def _insert_part(text: str, other: str, chance: random.Random) -> str:
    piece = chance.choice(_PART.findall(other))
    return _parts(text, chance, lambda parts, at: parts.insert(at, piece))


def _swap_parts(text: str, _: str, chance: random.Random) -> str:
    def swap(parts: list[str], at: int) -> None:
        to = chance.randrange(len(parts))
        parts[at], parts[to] = parts[to], parts[at]

    return _parts(text, chance, swap)


def _value(text: str, _: str, chance: random.Random) -> str:
    quoted = list(_QUOTED.finditer(text))
    if not quoted:
        return text
    found = chance.choice(quoted)
    new = chance.choice(_VALUES).replace("<", "&lt;").replace('"', "'")
    return f'{text[: found.start()]}"{new}"{text[found.end() :]}'


def _repeat_attribute(text: str, _: str, chance: random.Random) -> str:
    return _parts(text, chance, lambda parts, at: parts.insert(at, parts[at].replace(" ", " id=")))


def _prefix(text: str, _: str, chance: random.Random) -> str:
    """Another prefix for BPMN, everywhere, or by mistake only somewhere."""
    new = chance.choice(("b2", "semantic", "model", "camunda"))
    if chance.random() < 0.5:
        return text.replace("bpmn:", f"{new}:").replace("xmlns:bpmn=", f"xmlns:{new}=")
    return text.replace("<bpmn:", f"<{new}:", chance.randint(1, 4))


def _default_namespace(text: str, _: str, chance: random.Random) -> str:
    del chance
    return re.sub(r"(</?)bpmn:", r"\1", text).replace("xmlns:bpmn=", "xmlns=")


def _piece(text: str, other: str, chance: random.Random) -> str:
    at, size = chance.randrange(len(other)), chance.randint(1, 40)
    to = chance.randrange(len(text))
    return text[:to] + other[at : at + size] + text[to + chance.randint(0, size) :]


def _character(text: str, _: str, chance: random.Random) -> str:
    at = chance.randrange(len(text))
    return text[:at] + chance.choice("<>&\"'=/: \n\x01\u2028客�") + text[at + 1 :]


_TEXTS: tuple[Callable[[str, str, random.Random], str], ...] = (
    _drop_part, _insert_part, _swap_parts, _value, _value, _value, _repeat_attribute, _prefix,
    _default_namespace, _piece, _character,
)  # fmt: skip


def _flip(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :]


def _cut(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data))]


def _recode(data: bytes, chance: random.Random) -> bytes:
    text = data.decode(errors="replace")
    return text.encode(chance.choice(("utf-16", "utf-16-be", "gb18030", "utf-32")), "replace")


def _declare(data: bytes, chance: random.Random) -> bytes:
    name = chance.choice((b"GBK", b"UTF-16", b"ISO-8859-1", b"utf-7", b"nonsense", b"Big5"))
    return data.replace(b"UTF-8", name, 1)


_BYTES: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _flip, _flip, _cut, _recode, _declare,
)  # fmt: skip

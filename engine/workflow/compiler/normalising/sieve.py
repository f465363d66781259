"""Looks at every element and attribute, so that none is left out without a word."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from lxml import etree

from engine.workflow.compiler.normalising import vocabulary as known
from engine.workflow.compiler.normalising.gaps import NODES
from engine.workflow.compiler.normalising.tally import Tally
from engine.workflow.compiler.reading.reader import BPMN, CAMUNDA, bpmn, camunda, local
from engine.workflow.compiler.report import Report
from engine.workflow.language.operands import RESERVED
from engine.workflow.language.scripts import LANGUAGES

_COMMON = frozenset({"id", "name"})
_VENDORS = {
    "http://www.jboss.org/drools": "drools",
    "http://www.signavio.com": "signavio",
    "http://www.bizagi.com/bpmn20": "bizagi",
    "http://www.trisotech.com/2015/triso/modeling": "triso",
}
_SHOWN = 60
_ALIKE = 0.8


def sift(root: etree._Element, report: Report) -> None:
    """Report everything in a file that is ignored, refused or unknown."""
    sieve = _Sieve(report)
    for child in root:
        if child.tag != bpmn("process"):
            sieve.look_at(child)
    sieve.attributes(root)
    sieve.tally.close()
    for process in root.iterfind(bpmn("process")):
        # What is left out as a whole cannot run differently from its drawing.
        if process.get("isExecutable") != "false":
            sieve.look_at(process)
            sieve.tally.close()


class _Sieve:
    def __init__(self, report: Report) -> None:
        self.report = report
        self.tally = Tally(report)

    def look_at(self, node: etree._Element) -> None:
        """Judge an element and all inside it."""
        namespace, name = _split(node)
        if namespace == BPMN:
            self._bpmn(name, node)
        elif not namespace.startswith(known.PICTURES):
            self._foreign(node)

    def _bpmn(self, name: str, node: etree._Element) -> None:
        if name in known.DRAWN:
            return
        if name in known.DATA:
            self._data(name, node)
        elif name in known.IGNORED:
            must = name == "extension" and node.get("mustUnderstand") == "true"
            if must:
                self.report.add("extension-refused", node, name="mustUnderstand")
            else:
                self.tally.count("element-ignored", node, name)
        elif name in known.REPETITION:
            self.report.add("data-refused", node, name=name)
        elif name not in known.READ:
            self._unknown_element(node, name)
        else:
            self.attributes(node)
            self._language(node)
            for child in node:
                if name == "extensionElements":
                    self._extension(child)
                else:
                    self.look_at(child)

    def _unknown_element(self, node: etree._Element, name: str) -> None:
        nearest = _nearest(name, known.READ)
        self.report.add(
            "element-unknown",
            node,
            name=name[:_SHOWN],
            nearest=f"; '{nearest}' is probably meant" if nearest else "",
            nearest_zh=f"，可能应为“{nearest}”" if nearest else "",
        )

    def _data(self, name: str, node: etree._Element) -> None:
        moved = [one for one in node.iter(bpmn("*")) if local(one) in known.EXECUTABLE_DATA]
        if moved:
            self.report.add("data-refused", moved[0], name=name)
        elif not _feeds_loop(node):
            self.tally.count("data-ignored", node, name)

    def _language(self, node: etree._Element) -> None:
        # The parser itself looks at the language of conditions on flows.
        language = (node.get("language") or "").lower()
        if language not in LANGUAGES and local(node) != "conditionExpression":
            self.report.add("script-language", node, language=language[:_SHOWN])

    def attributes(self, node: etree._Element) -> None:
        """Judge the attributes of an element of BPMN."""
        allowed = known.READ[local(node)] | _COMMON
        for key, value in node.attrib.items():
            namespace, _, name = str(key).rpartition("}")
            if not namespace:
                if name not in allowed:
                    self._unknown(node, name, allowed)
            elif namespace[1:] == CAMUNDA:
                self._camunda(node, name, str(value))
            elif not namespace[1:].startswith(known.PICTURES):
                self._vendor_attribute(node, namespace[1:], name)

    def _unknown(self, node: etree._Element, name: str, allowed: Iterable[str]) -> None:
        nearest = _nearest(name, allowed)
        if nearest:
            self.report.add("attribute-misspelt", node, name=name, nearest=nearest)
        else:
            self.tally.count("attribute-unknown", node, name[:_SHOWN])

    def _camunda(self, node: etree._Element, name: str, value: str) -> None:
        kind = local(node)
        if kind in known.CAMUNDA_READ.get(name, ()):
            if name == "type" and value not in known.HARMLESS["type"]:
                self.report.add("extension-refused", node, name=f"{name}={value[:_SHOWN]}")
        elif name == "initiator":
            self._initiator(node, value)
        elif name in known.HARMLESS and value not in known.HARMLESS[name]:
            self.report.add("extension-refused", node, name=f"{name}={value[:_SHOWN]}")
        elif name in known.HARMLESS or name in known.CAMUNDA_IGNORED:
            self.tally.count("extension-ignored", node, name)
        elif name in known.CAMUNDA_REFUSED:
            self.report.add("extension-refused", node, name=name)
        else:
            names = known.CAMUNDA_READ.keys() | known.CAMUNDA_REFUSED
            self._unknown(node, name, names)

    def _initiator(self, node: etree._Element, name: str) -> None:
        """The variable that takes who started an order; there is none here."""
        process = next(node.iterancestors(bpmn("process")), node)
        read = any(
            "{" in text and name in text
            for one in process.iter()
            for text in (one.text or "", *map(str, one.attrib.values()))
        )
        if read:
            self.report.add("extension-refused", node, name=f"initiator={name[:_SHOWN]}")
        else:
            self.tally.count("extension-ignored", node, "initiator")

    def _vendor_attribute(self, node: etree._Element, namespace: str, name: str) -> None:
        vendor = _VENDORS.get(namespace, namespace[:_SHOWN])
        if vendor == "drools" and name == "taskName" and local(node) == "task":
            self.report.add("extension-refused", node, name="drools:taskName")
        else:
            self.tally.count("vendor-ignored", node, vendor)

    # -- below extensionElements --

    def _extension(self, node: etree._Element) -> None:
        namespace, name = _split(node)
        if name in known.LISTENERS or (namespace != CAMUNDA and "script" in name.lower()):
            self.report.add("listener-refused", node, kind=name)
        elif namespace == CAMUNDA:
            self._camunda_element(name, node)
        elif namespace.startswith(known.PICTURES):
            return
        elif namespace == BPMN:
            self._bpmn(name, node)
        else:
            self.tally.count("vendor-ignored", node, _VENDORS.get(namespace, namespace[:_SHOWN]))

    def _camunda_element(self, name: str, node: etree._Element) -> None:
        owner = _owner(node)
        if name in {"in", "out"} and owner == "callActivity":
            self._passing(node)
        elif name == "inputOutput" and owner in NODES and not owner.endswith("Gateway"):
            self._parameters(node)
        elif name in known.CAMUNDA_ELEMENTS_REFUSED | {"in", "out", "inputOutput"}:
            self.report.add("extension-refused", node, name=name)
        elif name in known.FORM_FIELDS:
            self._form_fields(node)
        elif name in known.CAMUNDA_ELEMENTS_IGNORED:
            self.tally.count("extension-ignored", node, name)
        elif name != "properties":
            names = known.CAMUNDA_ELEMENTS_READ | known.LISTENERS
            self._unknown(node, name, names)

    def _passing(self, node: etree._Element) -> None:
        """What a call passes or takes back, as far as it is said in a way that is read."""
        source = node.get("source")
        named = source is None or (source.isidentifier() and source not in RESERVED)
        if node.get("businessKey"):
            self.tally.count("extension-ignored", node, "businessKey")
        elif node.get("variables") not in {"all", None} or node.get("local") == "true":
            self.report.add("extension-refused", node, name=f"{local(node)} local")
        elif node.get("variables") is None and not (node.get("target") and named):
            # Elsewhere a source is the name of a variable, whatever signs are in it.
            self.report.add("extension-refused", node, name=f"{local(node)} '{source or ''}'")

    def _parameters(self, node: etree._Element) -> None:
        for one in node.iter(etree.Element):
            name = local(one)
            if one is node or (name in known.PARAMETERS and one.tag == camunda(name)):
                if name.endswith("Parameter") and not one.get("name"):
                    self.report.add("extension-refused", one, name=f"{name} without name")
            else:
                self.report.add("extension-refused", one, name=name[:_SHOWN])

    def _form_fields(self, node: etree._Element) -> None:
        ids = [one.get("id") for one in node.iter() if one.get("id")]
        if ids:
            self.report.add("form-fields-ignored", node, fields=", ".join(map(str, ids))[:200])

    def _foreign(self, node: etree._Element) -> None:
        """An element of another vocabulary outside of ``extensionElements``."""
        namespace, name = _split(node)
        parent = node.getparent()
        vendor = _VENDORS.get(namespace, namespace[:_SHOWN])
        if parent is not None and local(parent) in known.SCOPES:
            self._unknown_element(node, name)
        elif namespace == CAMUNDA:
            self.report.add("extension-misplaced", node, name=name[:_SHOWN])
        else:
            self.tally.count("vendor-ignored", node, vendor)


def _owner(node: etree._Element) -> str:
    """Name of the element that an extension belongs to."""
    holder = node.getparent()
    owner = None if holder is None else holder.getparent()
    return "" if owner is None else local(owner)


def _feeds_loop(node: etree._Element) -> bool:
    """Whether the data of an activity say what it repeats over."""
    activity = node.getparent()
    loop = None if activity is None else activity.find(bpmn("multiInstanceLoopCharacteristics"))
    return loop is not None and any(loop.find(bpmn(name)) is not None for name in known.LOOP_DATA)


def _split(node: etree._Element) -> tuple[str, str]:
    namespace, _, name = str(node.tag).rpartition("}")
    return namespace[1:], name


def _nearest(name: str, words: Iterable[str]) -> str:
    by_letters = {word.lower(): word for word in sorted(words)}
    if name.lower() in by_letters:
        return by_letters[name.lower()]
    found = difflib.get_close_matches(name[:_SHOWN].lower(), by_letters, 1, _ALIKE)
    return by_letters[found[0]] if found else ""

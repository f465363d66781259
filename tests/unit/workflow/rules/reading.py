"""Examples of rules about reading a file at all."""

from tests.support.bpmn_builder import (
    call,
    diagram,
    each,
    end,
    model,
    node,
    process,
    start,
    throw,
    user,
)

_PLAIN = model(start(), user("a"), end(), flows="s a e")
_ELSEWHERE = model(
    start(), throw("t", '<bpmn:messageEventDefinition messageRef="o:m"/>'), end(), flows="s t e"
).replace(b"<bpmn:definitions", b'<bpmn:definitions xmlns:o="urn:other"')
_IMPORT = (
    b'<bpmn:import importType="http://www.omg.org/spec/BPMN/20100524/MODEL" location="other.bpmn"'
    b' namespace="urn:other"/>'
)

EXAMPLES: dict[str, dict[str, bytes]] = {
    "file-too-large": {"a.bpmn": b"<a>" + b" " * 9_000_000 + b"</a>"},
    "doctype": {"a.bpmn": b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'},
    "encoding-unknown": {"a.bpmn": b'<?xml version="1.0" encoding="utf-7"?><a/>'},
    "xml-malformed": {"a.bpmn": b"<a>"},
    "file-unknown": {"a.bpmn": b'{"components": []}'},
    "file-repeated": {"a.bpmn": _PLAIN, "A.BPMN": model(start(), end(), flows="s e")},
    "inclusion": {
        "a.bpmn": b'<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="b.bpmn"/>'
    },
    "element-misplaced": {
        "a.bpmn": model(start(), user("a", node("userTask", "lost")), end(), flows="s a e")
    },
    "element-repeated": {
        "a.bpmn": model(start(), user("a", each("x") + each("y")), end(), flows="s a e")
    },
    "import-ignored": {"a.bpmn": _PLAIN.replace(b"<bpmn:process", _IMPORT + b"<bpmn:process", 1)},
    "reference-elsewhere": {"a.bpmn": _ELSEWHERE},
    "process-none": {"a.bpmn": diagram()},
    "process-not-executable": {"a.bpmn": _PLAIN.replace(b'"true"', b'"false"')},
    "process-repeated": {
        "a.bpmn": _PLAIN,
        "b.bpmn": model(start(), call("c", "p"), end(), flows="s c e"),
    },
    "id-missing": {
        "a.bpmn": diagram(process("", start(), end(), flows="s e").replace(' id=""', ""))
    },
    "id-repeated": {"a.bpmn": model(start(), user("a"), user("a"), end(), flows="s a e")},
}

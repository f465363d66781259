"""Files that attack whoever reads them: ``python -m tests.support.attacks`` judges them all.

Run as a program of its own, so that its memory can be limited.
"""

from __future__ import annotations

import base64
import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

from engine.workflow.kernel import SpiffKernel
from tests.support.bpmn_builder import diagram, process
from tests.support.kernel_world import Library

#: What reading one file may take on top of the program itself.
MEMORY = 300 << 20
SIZE = 7_900_000
#: Pages the program takes; its first number is all of its memory. Source: proc(5).
_STATM = Path("/proc/self/statm")

_HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="t">'
    '<bpmn:process id="p" isExecutable="true">'
)
_TAIL = "</bpmn:process></bpmn:definitions>"


def _inside(text: str) -> bytes:
    return f"{_HEAD}{text}{_TAIL}".encode()


def _bomb() -> bytes:
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    return f'<!DOCTYPE a [<!ENTITY e0 "lol">{levels}]><a>&e9;</a>'.encode()


def _entity(kind: str) -> bytes:
    return f"<!DOCTYPE a [<!ENTITY x {kind}>]><a>&x;</a>".encode()


def _nested_scopes(depth: int) -> bytes:
    opened = "".join(f'<bpmn:subProcess id="s{n}">' for n in range(depth))
    return _inside(opened + "</bpmn:subProcess>" * depth)


#: Name to a file, and the rule that refuses it; none for what is only large.
ATTACKS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "50 MB of text": ("file-too-large", lambda: b"<a>" + b"x" * 50_000_000 + b"</a>"),
    "50 MB of zeros": ("file-too-large", lambda: b"\x00" * 50_000_000),
    "50 MB of diagram": (
        "file-too-large", lambda: _inside('<bpmn:task id="a"/>' * (50_000_000 // 19))),
    "8 MB of text": ("file-too-large", lambda: b"<a>" + b"x" * SIZE + b"</a>"),
    "8 MB of zeros": ("file-unknown", lambda: b"\x00" * SIZE),
    "8 MB of opening brackets": ("xml-malformed", lambda: b"<" * SIZE),
    "8 MB of JSON brackets": ("file-unknown", lambda: b"[" * SIZE),
    "8 MB of references": ("xml-malformed", lambda: b"<a>" + b"&x;" * (300_000) + b"</a>"),
    "8 MB of comments": ("file-unknown", lambda: b"<a>" + b"<!--x-->" * 900_000 + b"</a>"),
    "8 MB of instructions": ("file-unknown", lambda: b"<a>" + b"<?x y?>" * 1_000_000 + b"</a>"),
    "8 MB of lines": ("file-unknown", lambda: b"<a>" + b"\n" * 900_000 + b"<b/>" + b"\r" * 900_000
                      + b"</a>"),
    "8 MB of CDATA": ("file-unknown", lambda: b"<a><![CDATA[" + b"<" * 7_000_000 + b"]]></a>"),
    "a long comment": ("file-too-large", lambda: b"<a><!--" + b"x" * 7_000_000 + b"--></a>"),
    "10^6 attributes": (
        "file-too-large",
        lambda: b"<a " + b" ".join(b'a%x=""' % n for n in range(700_000)) + b"/>"),
    "10^6 attributes, 50 MB": (
        "file-too-large",
        lambda: b"<a " + b" ".join(b'attribute%d="some value that is longer"' % n
                                   for n in range(1_000_000)) + b"/>"),
    "500 attributes": (
        "file-too-large", lambda: b"<a " + b" ".join(b'a%d=""' % n for n in range(500)) + b"/>"),
    "many attributes below the size": (
        "file-too-large", lambda: b"<a " + b" ".join(b'a%x=""' % n for n in range(90_000))
        + b"/>"),
    "colliding attributes": (
        "file-too-large",
        lambda: b"<a " + b" ".join(b'%s=""' % bytes(97 + (n >> i & 1) for i in range(17))
                                   for n in range(40_000)) + b"/>"),
    "namespace bomb": (
        "file-too-large",
        lambda: b"<a " + b" ".join(b'xmlns:a%x="u%x"' % (n, n) for n in range(40_000)) + b"/>"),
    "nested namespaces": (
        "file-too-large",
        lambda: b"".join(b'<p%d:a xmlns:p%d="u%d">' % (n, n, n) for n in range(100_000))),
    "elements one by one": ("file-too-large", lambda: b"<a>" + b"<b/>" * 1_900_000 + b"</a>"),
    "nested": ("file-too-large", lambda: b"<a>" * 1_900_000),
    "nested and closed": ("file-too-large", lambda: b"<a>" * 300 + b"</a>" * 300),
    "nested sub-processes": ("file-too-large", lambda: _nested_scopes(1000)),
    "nested parameters": (
        "file-too-large",
        lambda: _inside("<camunda:list>" * 5000 + "</camunda:list>" * 5000)),
    "a long name": ("file-too-large", lambda: b"<" + b"a" * 900_000 + b"/>"),
    "a long attribute name": ("file-too-large", lambda: b"<a " + b"a" * 900_000 + b'=""/>'),
    "a long attribute": ("file-too-large", lambda: b'<a b="' + b"x" * 900_000 + b'"/>'),
    "a long prefix": (
        "file-too-large",
        lambda: b"<%b:a xmlns:%b='u'/>" % (b"a" * 400_000, b"a" * 400_000)),
    "a long namespace": ("file-too-large", lambda: b'<a xmlns="' + b"u" * 900_000 + b'"/>'),
    "entity bomb": ("doctype", _bomb),
    "entity bomb in UTF-16": ("doctype", lambda: _bomb().decode().encode("utf-16")),
    "quadratic entity": (
        "doctype",
        lambda: b'<!DOCTYPE a [<!ENTITY x "' + b"x" * 100_000 + b'">]><a>' + b"&x;" * 10_000
        + b"</a>"),
    "external entity": ("doctype", lambda: _entity('SYSTEM "file:///etc/passwd"')),
    "external entity by HTTP": ("doctype", lambda: _entity('SYSTEM "http://127.0.0.1:1/"')),
    "public entity": ("doctype", lambda: _entity('PUBLIC "-//W3C//DTD" "http://127.0.0.1:1/"')),
    "parameter entity": (
        "doctype", lambda: b'<!DOCTYPE a [<!ENTITY % x SYSTEM "file:///etc/passwd"> %x;]><a/>'),
    "external document type": ("doctype", lambda: b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'),
    "endless device": ("doctype", lambda: _entity('SYSTEM "file:///dev/zero"')),
    "attribute defaults": (
        "doctype", lambda: b'<!DOCTYPE a [<!ATTLIST a b CDATA "injected">]><a/>'),
    "a document type late": ("xml-malformed", lambda: b'<a/><!DOCTYPE a [<!ENTITY x "y">]>'),
    "XInclude": (
        "inclusion",
        lambda: _inside('<xi:include xmlns:xi="http://www.w3.org/2001/XInclude"'
                        ' href="file:///etc/passwd" parse="text"/>')),
    "compressed": (
        "file-unknown", lambda: base64.b64decode("H4sIAAAAAAAAA+3BMQEAAADCoPVPbQwfoAAAAA==")),
    "utf-7": (
        "encoding-unknown",
        lambda: b'<?xml version="1.0" encoding="utf-7"?>+ADwAIQ-DOCTYPE a+AD4APA-a/+AD4-'),
    "an encoding that unpacks": (
        "encoding-unknown", lambda: b'<?xml version="1.0" encoding="bz2"?><a/>'),
    "an encoding that is a path": (
        "encoding-unknown", lambda: b'<?xml version="1.0" encoding="os.path"?><a/>'),
    "a long encoding": (
        "encoding-unknown",
        lambda: b'<?xml version="1.0" encoding="' + b"a" * 900 + b'"?><a/>'),
    "declaration without end": (
        "xml-malformed", lambda: b"<?xml version='1.0' " + b" " * 900_000),
    "20,000 loose nodes": (
        "",
        lambda: _inside("".join(f'<bpmn:task id="t{n}"/>' for n in range(20_000)))),
    "one id for all": (
        "id-repeated", lambda: _inside('<bpmn:task id="a"/>' * 20_000)),
    "5,000 processes": (
        "start-missing",
        lambda: diagram(*(process(f"p{n}") for n in range(5_000)))),
    "20,000 event definitions": (
        "event-multiple",
        lambda: _inside('<bpmn:startEvent id="s">' + "<bpmn:signalEventDefinition/>" * 20_000
                        + "</bpmn:startEvent>")),
    "20,000 flows of one gateway": (
        "flow-broken",
        lambda: _inside('<bpmn:startEvent id="s"/><bpmn:parallelGateway id="g"/>'
                        + "".join(f'<bpmn:sequenceFlow id="f{n}" sourceRef="g" targetRef="x"/>'
                                  for n in range(20_000)))),
}  # fmt: skip


def main() -> None:
    """Print for every attack the processor seconds it took and the rules that refused it."""
    kernel = SpiffKernel(Library())
    kernel.diagnose({"warm.bpmn": _inside("")})
    answers: dict[str, tuple[float, list[str]]] = {}
    for name, (_, make) in ATTACKS.items():
        data = make()
        used = int(_STATM.read_text().split()[0]) * resource.getpagesize()
        limits = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, limits[1]))
        before = time.process_time()
        try:
            found = kernel.diagnose({"f.bpmn": data}).findings
            rules = sorted({one.code for one in found if one.severity == "refused"})
        except MemoryError:
            rules = ["memory"]
        took = time.process_time() - before
        resource.setrlimit(resource.RLIMIT_AS, limits)
        answers[name] = (round(took, 3), rules)
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main()

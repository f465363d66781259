"""An example for every rule about what is assumed, ignored or unknown."""

from collections.abc import Mapping

from tests.support.bpmn_builder import (
    catch,
    diagram,
    end,
    job,
    model,
    node,
    process,
    script,
    start,
    timer,
    user,
    xor,
)

_SPACES = (
    b'xmlns:flowable="http://flowable.org/bpmn" xmlns:other="urn:other"'
    b' xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" targetNamespace'
)


def around(*elements: str, flows: str = "s x e", names: str = "") -> bytes:
    """Elements between a start and an end event, with other vocabularies at hand."""
    drawn = model(start(), *elements, end(), flows=flows, names=names)
    return drawn.replace(b"targetNamespace", _SPACES)


_PERFORMER = (
    "<bpmn:{0}><bpmn:resourceAssignmentExpression><bpmn:formalExpression>group(desk)"
    "</bpmn:formalExpression></bpmn:resourceAssignmentExpression></bpmn:{0}>"
)
_CORRELATED = node("message", "m", ext='<zeebe:subscription correlationKey="=k"/>')
_DATA = (
    "<bpmn:dataInputAssociation>{}<bpmn:targetRef>d</bpmn:targetRef></bpmn:dataInputAssociation>"
)
_OUTPUT = (
    '<zeebe:taskDefinition type="t"/>'
    '<zeebe:ioMapping><zeebe:output source="=a" target="b"/></zeebe:ioMapping>'
)
_FIELDS = '<camunda:formData><camunda:formField id="days" type="long"/></camunda:formData>'

FILES: Mapping[str, bytes] = {
    "dialect-read": around(user("x", attrs={"flowable:assignee": "a"})),
    "executable-assumed": model(start(), end(), flows="s e").replace(b' isExecutable="true"', b""),
    "id-given": model(start(), user("x"), end(), flows="s x e").replace(b' id="s_x"', b""),
    "default-given": model(start(), xor("x"), user("a"), end(), flows="s x; x a : v; x e; a e"),
    "start-given": model(user("x"), end(), flows="x e"),
    "end-implied": model(start(), user("x"), flows="s x"),
    "split-parallel": model(start(), user("x"), end(), end("e2"), flows="s x e; x e2"),
    "flows-conditional": model(start(), user("x"), end(), end("e2"), flows="s x e : v; x e2"),
    "task-passes": around(node("task", "x")),
    "script-bound": around(
        script("x", "a.b()", attrs={"scriptFormat": "groovy"}, props={"topic": "t"})
    ),
    "assignment-read": around(user("x", _PERFORMER.format("potentialOwner"))),
    "time-quoted": around(catch("x", timer('"PT1H"'))),
    "results-kept": around(node("serviceTask", "x", ext=_OUTPUT)),
    "correlation-by-order": diagram(
        _CORRELATED, process("p", start(), user("x"), end(), flows="s x e")
    ).replace(b"targetNamespace", _SPACES),
    "extension-ignored": around(user("x", asyncBefore="true")),
    "vendor-ignored": around(user("x", ext='<other:colour value="red"/>')),
    "element-ignored": around(user("x", '<bpmn:performer id="r"/>')),
    "data-ignored": around(user("x"), '<bpmn:dataObject id="d"/>'),
    "form-fields-ignored": around(user("x", ext=_FIELDS)),
    "attribute-unknown": around(user("x", attrs={"colour": "red"})),
    "attribute-misspelt": around(user("x", attrs={"isforcompensation": "true"})),
    "truth-invalid": around(user("x", attrs={"isForCompensation": "perhaps"})),
    "element-unknown": around(user("x"), '<other:robot id="r"/>'),
    "extension-refused": around(job("x", ext="<camunda:connector/>")),
    "extension-misplaced": around(user("x", "<camunda:properties/>")),
    "listener-refused": around(
        user("x", ext='<camunda:taskListener event="create" class="a.B"/>')
    ),
    "data-refused": around(
        user("x", _DATA.format("<bpmn:transformation>a</bpmn:transformation>"))
    ),
}

EXAMPLES: dict[str, dict[str, bytes]] = {code: {"p.bpmn": data} for code, data in FILES.items()}

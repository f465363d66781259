"""Data, lanes, pools and artifacts. What is drawn and changes nothing."""

from tests.conformance.drawing import around, association, definition
from tests.conformance.notation import case, wrong
from tests.support.bpmn_builder import (
    end,
    lanes,
    model,
    node,
    process,
    sequence,
    start,
    sub,
    throw,
    user,
)

SHARED = "<bpmn:eventDefinitionRef>sd</bpmn:eventDefinitionRef>"
STORY = "start > x; x > y; y > end:e"
FLOWS = "s x y e"
DATA_IN = (
    '<bpmn:ioSpecification id="io"><bpmn:dataInput id="di"/><bpmn:dataOutput id="do"/>'
    '<bpmn:inputSet id="is"><bpmn:dataInputRefs>di</bpmn:dataInputRefs></bpmn:inputSet>'
    '<bpmn:outputSet id="os"><bpmn:dataOutputRefs>do</bpmn:dataOutputRefs></bpmn:outputSet>'
    "</bpmn:ioSpecification>"
    '<bpmn:dataInputAssociation id="dia"><bpmn:sourceRef>ref</bpmn:sourceRef>'
    "<bpmn:targetRef>di</bpmn:targetRef></bpmn:dataInputAssociation>"
    '<bpmn:dataOutputAssociation id="doa"><bpmn:sourceRef>do</bpmn:sourceRef>'
    "<bpmn:targetRef>ref</bpmn:targetRef></bpmn:dataOutputAssociation>"
)
DATA = '<bpmn:dataObject id="data"/><bpmn:dataObjectReference id="ref" dataObjectRef="data"/>'


def plain(*more: str, inner: str = "") -> bytes:
    """Two tasks in a row, and something else."""
    return model(start(), user("x", inner), user("y"), end(), *more, flows=FLOWS)


def beside(drawing: bytes, *roots: str) -> bytes:
    """The file with more beside its process."""
    return drawing.replace(b"<bpmn:process", "".join(roots).encode() + b"<bpmn:process", 1)


def same(element: str, name: str, clause: str, drawing: bytes) -> object:
    """What is drawn changes nothing."""
    return case(element, name, clause, drawing, STORY)


POOLS = (
    '<bpmn:collaboration id="col"><bpmn:participant id="us" name="Us" processRef="p"/>'
    '<bpmn:participant id="them" name="Them"/>'
    '<bpmn:messageFlow id="mf" sourceRef="x" targetRef="them"/>'
    '<bpmn:textAnnotation id="ta"><bpmn:text>Note</bpmn:text></bpmn:textAnnotation>'
    "</bpmn:collaboration>"
)

CASES = [
    same("Data Object", "with its reference and associations", "10.4.1",
         plain(DATA, inner=DATA_IN)),
    same("Data Object", "that is a collection", "10.4.1",
         plain('<bpmn:dataObject id="data" isCollection="true"/>')),
    same("Data Store", "with its reference", "10.4.1",
         beside(plain('<bpmn:dataStoreReference id="ref" dataStoreRef="store"/>', inner=DATA_IN),
                '<bpmn:dataStore id="store" name="Store"/>')),
    same("Data Input and Output", "of the process", "10.4.1",
         model('<bpmn:ioSpecification id="pio"><bpmn:dataInput id="pi"/><bpmn:inputSet id="ps">'
               "<bpmn:dataInputRefs>pi</bpmn:dataInputRefs></bpmn:inputSet>"
               '<bpmn:outputSet id="po"/></bpmn:ioSpecification>',
               start(), user("x"), user("y"), end(), flows=FLOWS)),
    same("Property", "of a process and an activity", "10.4.1",
         model('<bpmn:property id="pp" name="n"/>', start(),
               user("x", '<bpmn:property id="xp" name="m"/>'), user("y"), end(), flows=FLOWS)),
    same("Item Definition", "and the message it describes", "8.4.10 / 8.4.11",
         beside(plain(), '<bpmn:itemDefinition id="item" structureRef="xs:string"/>',
                '<bpmn:message id="m" name="m" itemRef="item"/>')),
    same("Lane", "tells who does the work, not when", "10.8",
         model(lanes(desk="s x", network="y e"), start(), user("x"), user("y"), end(),
               flows=FLOWS)),
    same("Lane", "in a lane", "10.8",
         model(lanes(desk="x y").replace(
             "</bpmn:lane>", '<bpmn:childLaneSet id="cl"><bpmn:lane id="in">'
             "<bpmn:flowNodeRef>y</bpmn:flowNodeRef></bpmn:lane></bpmn:childLaneSet></bpmn:lane>"),
             start(), user("x"), user("y"), end(), flows=FLOWS)),
    same("Pool and Message Flow", "around the process", "9.3 / 9.4", beside(plain(), POOLS)),
    same("Pool and Message Flow", "with a second pool that is only described", "9.3 / 10.2",
         beside(plain(), node("process", "other", start("os") + user("ox") + sequence("os ox"),
                              attrs={"isExecutable": "false"}))),
    same("Text Annotation", "with its association", "8.4.1",
         plain('<bpmn:textAnnotation id="ta"><bpmn:text>Note</bpmn:text></bpmn:textAnnotation>',
               association("x", "ta"))),
    same("Group", "around elements", "8.4.1",
         beside(plain('<bpmn:group id="gr" categoryValueRef="cv"/>'),
                '<bpmn:category id="cat"><bpmn:categoryValue id="cv" value="c"/>'
                "</bpmn:category>")),
    same("Association", "between elements", "8.4.1", plain(association("x", "y"))),
    same("Documentation", "of everything", "8.3",
         plain("<bpmn:documentation>Text</bpmn:documentation>",
               inner="<bpmn:documentation>Text</bpmn:documentation>")),
    same("Resource and Performer", "named by the standard", "8.4.12 / 10.3.1 / 10.3.4",
         beside(plain(inner='<bpmn:potentialOwner id="po"><bpmn:resourceRef>r</bpmn:resourceRef>'
                            "</bpmn:potentialOwner>"), '<bpmn:resource id="r" name="R"/>')),
    same("Auditing and Monitoring", "are left to the engine", "10.10 / 10.11",
         plain('<bpmn:auditing id="au"/><bpmn:monitoring id="mo"/>',
               inner='<bpmn:auditing id="au2"/><bpmn:monitoring id="mo2"/>')),
    same("Interface and Operation", "beside the process", "8.5",
         beside(plain(), '<bpmn:interface id="if" name="I"><bpmn:operation id="op" name="O">'
                         "<bpmn:inMessageRef>m</bpmn:inMessageRef></bpmn:operation>"
                         '</bpmn:interface><bpmn:message id="m" name="m"/>')),
    same("Correlation", "properties beside the process", "8.4.2",
         beside(plain(), '<bpmn:correlationProperty id="cp" name="C"/>')),
    case("Event Definition", "shared by reference", "10.5.5",
         beside(around(user("x"), throw("t", SHARED),
                       user("y"), throw("u", SHARED),
                       flows="s x t y u e"),
                '<bpmn:signal id="go" name="go"/>', definition("signal", id="sd", signalRef="go")),
         "start > x; x > cast:go y; y > cast:go end:e"),
    same("Process", "marked closed and private", "10.2 / 10.9",
         plain().replace(b'isExecutable="true"',
                         b'isExecutable="true" isClosed="true" processType="Private"')),
]  # fmt: skip

WRONG = [
    wrong("Pool and Message Flow", "a flow across pools", "8.4.13 / 9.4",
          beside(model(start(), user("x"), end(), flows="s x e; x ox"),
                 process("q", start("os"), user("ox"), end("oe"), flows="os ox oe")),
          "flow-broken@x_ox"),
    wrong("Pool and Message Flow", "a message flow inside one pool", "9.4",
          beside(plain(), POOLS.replace('targetRef="them"', 'targetRef="y"')),
          "message-flow-broken@mf"),
    wrong("Lane", "with a node that is not there", "10.8",
          model(lanes(desk="s x gone"), start(), user("x"), end(), flows="s x e"),
          "lane-node-missing@lane_desk"),
    wrong("Lane", "with a node of another lane", "10.8",
          model(lanes(desk="s x", network="x e"), start(), user("x"), end(), flows="s x e"),
          "lane-node-twice@lane_network"),
    wrong("Data Association", "that changes data on the way", "10.4.1",
          plain(DATA, inner=DATA_IN.replace(
              "</bpmn:dataInputAssociation>", "<bpmn:transformation>data + 1</bpmn:transformation>"
              "</bpmn:dataInputAssociation>")), "data-refused@dia"),
    wrong("Choreography Task", "is not run", "11.5",
          around(node("choreographyTask", "x")), "element-unsupported@x"),
    wrong("Choreography Task", "in a sub-process", "11.5",
          around(sub("y", start("bs"), node("subChoreography", "x"), end("be"),
                     flows="bs x be"), flows="s y e"), "element-unsupported@x"),
    wrong("Process", "with an id used twice", "8.3",
          model(start(), user("x"), user("x"), end(), flows="s x e"), "id-repeated@x"),
]  # fmt: skip

"""An example for every rule about tasks, events and repetition."""

from collections.abc import Mapping

from tests.conformance.drawing import (
    AS_HANDLER,
    around,
    association,
    compensate,
    listening,
    transaction,
    undo,
    waiting,
)
from tests.support.bpmn_builder import (
    boundary,
    call,
    catch,
    each,
    end,
    event,
    event_sub,
    model,
    node,
    sequence,
    start,
    sub,
    throw,
    timer,
    user,
)

CANCEL = event("cancel")
SEVERAL = "<bpmn:multiInstanceLoopCharacteristics{}><bpmn:loopCardinality>2</bpmn:loopCardinality>"


def deal(*elements: str, flows: str = "bs a no", **attrs: str) -> str:
    inner = (start("bs"), user("a"), end("no", CANCEL), *elements)
    drawn = transaction("x", *inner, flows=sequence(flows))
    return drawn.replace('id="x"', 'id="x"' + "".join(f' {k}="{v}"' for k, v in attrs.items()))


def undoing(name: str) -> str:
    return event_sub(f"es_{name}", listening(compensate(), f"h_{name}"), end(f"ee_{name}"),
                     flows=f"h_{name} ee_{name}")  # fmt: skip


BOX = (start("bs"), user("a"), end("be"))
DRAWINGS: Mapping[str, bytes] = {
    "service-without-topic": around(node("serviceTask", "x")),
    "service-implementation": around(node("serviceTask", "x", class_="com.x.Y")),
    "message-missing": around(node("receiveTask", "x")),
    "called-missing": around(call("x", "")),
    "called-unknown": around(call("x", "gone")),
    "called-binding": around(call("x", "p", calledElementBinding="version")),
    "called-empty-handed": around(call("x", "p")),
    "loop-endless": around(user("x", "<bpmn:multiInstanceLoopCharacteristics/>")),
    "loop-twofold": around(
        user("x", each("xs", inner="<bpmn:loopCardinality>2</bpmn:loopCardinality>"))
    ),
    "loop-maximum": around(
        user("x", '<bpmn:standardLoopCharacteristics loopMaximum="${n}"/>')
    ),
    "loop-behavior": around(
        user("x", SEVERAL.format(' behavior="None"') + "</bpmn:multiInstanceLoopCharacteristics>")
    ),
    "quantity": around(user("x", attrs={"startQuantity": "2"})),
    "instantiates": around(
        node("receiveTask", "x", attrs={"instantiate": "true", "messageRef": "message_pay"}),
        names="message:pay",
    ),
    "gateway-parallel-events": model(
        start(), waiting("g", eventGatewayType="Parallel"), catch("x", timer("PT1H")),
        catch("y", timer("PT2H")), end(), flows="s g; g x e; g y e",
    ),
    "event-interrupts": around(
        user("x"), boundary("d", "x", event("error"), interrupting=False), flows="s x e; d e"
    ),
    "decision-mapping": around(
        node("businessRuleTask", "x", decisionRef="d", mapDecisionResult="firstRow")
    ),
    "compensation-handler": around(user("x"), boundary("d", "x", compensate())),
    "compensation-unmarked": around(
        user("x"), boundary("d", "x", compensate()), user("y"), association("d", "y"),
        flows="s x y e",
    ),
    "compensation-unjoined": around(user("x"), user("u", attrs=AS_HANDLER)),
    "compensation-flow": around(user("x"), undo("x"), flows="s x e; ux e"),
    "compensation-twice": around(
        sub("x", *BOX, undoing("1"), flows="bs a be"), undo("x"), throw("t", compensate()),
        flows="s x t e",
    ),
    "compensation-target": around(
        sub("x", *BOX, undo("a"), flows="bs a be"), throw("t", compensate("a")), flows="s x t e"
    ),
    "compensation-no-wait": around(
        user("x"), undo("x"), throw("t", compensate(waitForCompletion="false")), flows="s x t e"
    ),
    "compensation-of-process": around(user("x"), undoing("1")),
    "compensation-nothing": around(user("x"), throw("t", compensate()), flows="s x t e"),
    "cancel-outside": model(start(), user("x"), end("e", CANCEL), flows="s x e"),
    "cancel-uncaught": around(deal()),
    "cancel-repeated": around(
        deal("<bpmn:standardLoopCharacteristics loopMaximum='2'/>"), boundary("d", "x", CANCEL),
        flows="s x e; d e",
    ),
    "transaction-method": around(
        deal(method="##Store"), boundary("d", "x", CANCEL), flows="s x e; d e"
    ),
}  # fmt: skip
EXAMPLES: dict[str, dict[str, bytes]] = {
    code: {"p.bpmn": drawing} for code, drawing in DRAWINGS.items()
}

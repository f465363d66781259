"""An example for every rule about elements, events and flows as such."""

from tests.support.bpmn_builder import (
    boundary,
    catch,
    diagram,
    end,
    event,
    event_sub,
    lanes,
    model,
    node,
    par,
    process,
    script,
    start,
    throw,
    timer,
    user,
    xor,
)

HOUR = timer("PT1H")
LINK = '<bpmn:linkEventDefinition name="L"/>'
PAY = event("message", "pay")
TWO_TIMES = (
    "<bpmn:timerEventDefinition><bpmn:timeDate>2026-10-08T09:00:00+08:00</bpmn:timeDate>"
    "<bpmn:timeDuration>PT1H</bpmn:timeDuration></bpmn:timerEventDefinition>"
)


def around(*elements: str, flows: str = "s x e", names: str = "") -> bytes:
    return model(start(), *elements, end(), flows=flows, names=names)


def choice(*events: str, flows: str, names: str = "message:pay") -> bytes:
    return around(
        node("eventBasedGateway", "g"), *events, xor("j"),
        flows=f"s g; {flows}; j e", names=names,
    )  # fmt: skip


def collaboration(*rows: str) -> bytes:
    """Two pools, the first of which is the process ``p``."""
    pools = '<bpmn:participant id="a" processRef="p"/><bpmn:participant id="b"/>'
    return diagram(
        f'<bpmn:collaboration id="c">{pools}{"".join(rows)}</bpmn:collaboration>',
        process("p", start(), user("x"), end(), flows="s x e"),
    )


DRAWINGS = {
    "element-unsupported": around(node("complexGateway", "x")),
    "event-unsupported": around(catch("x", "<bpmn:compensateEventDefinition/>")),
    "event-multiple": around(
        catch("x", HOUR + event("signal", "a")), names="signal:a"
    ),
    "event-missing": around(catch("x", "")),
    "reference-missing": around(catch("x", event("message", "gone"))),
    "flow-broken": around(user("x"), flows="s x e; x gone"),
    "flow-without-condition": around(
        xor("x"), user("a"), user("b"), user("c"),
        flows="s x; x a : v; x b; x c; a e; b e; c e"),
    "condition-ignored": around(par("x"), user("a"), flows="s x; x a : v; x e; a e"),
    "condition-misplaced": around(
        catch("x", HOUR), user("a"), flows="s x; x a : v; x e; a e"
    ),
    "condition-alone": around(user("x"), user("a"), flows="s x; x a : v; a e"),
    "default-unknown": around(xor("x", default="no")),
    "start-missing": model(user("x"), user("y"), end(), flows="x y e; y x"),
    "start-several": around(start("s2"), user("x"), flows="s x e; s2 x"),
    "start-by-event": model(start("s", timer("R/P1D", "Cycle")), user("x"), end(), flows="s x e"),
    "start-entered": around(user("x"), flows="s x s; x e"),
    "end-leaves": around(user("x"), flows="s e x"),
    "event-leads-nowhere": around(user("x"), boundary("b", "x", HOUR)),
    "flow-contradicted": around(user("x", "<bpmn:outgoing>gone</bpmn:outgoing>")),
    "boundary-unattached": around(
        user("x"), boundary("b", "s", HOUR), flows="s x e; b e"),
    "boundary-never": around(
        script("x", "a = 1"), boundary("b", "x", HOUR), flows="s x e; b e"),
    "event-sub-process-connected": around(
        user("x"), event_sub("es", start("es1", HOUR), end("es2"), flows="es1 es2"),
        flows="s x e; x es"),
    "gateway-target": around(node("eventBasedGateway", "x"), user("a"), flows="s x a e"),
    "gateway-one-event": choice(catch("t", HOUR), flows="g t j"),
    "gateway-mixed": choice(
        catch("m", PAY), node("receiveTask", "r", attrs={"messageRef": "message_pay"}),
        flows="g m j; g r j"),
    "gateway-direction": around(
        node("parallelGateway", "x", attrs={"gatewayDirection": "Converging"})),
    "timer-several": around(catch("x", TWO_TIMES)),
    "name-computed": model(start("s", event("message", "${x}")), end(), flows="s e",
                           names="message:${x}"),
    "throws-nameless": model(start(), end("e", event("error")), flows="s e"),
    "link-unpaired": around(throw("x", LINK), flows="s x"),
    "link-connected": around(throw("x", LINK), catch("y", LINK), flows="s x e; y e"),
    "reference-dangling": around(
        user("x"), node("association", "as", attrs={"sourceRef": "x", "targetRef": "gone"})),
    "message-flow-broken": collaboration(
        '<bpmn:messageFlow id="mf" sourceRef="x" targetRef="a"/>'),
    "lane-node-missing": around(lanes(network="x gone"), user("x")),
    "lane-node-twice": around(lanes(network="x", sales="x"), user("x")),
}  # fmt: skip
EXAMPLES: dict[str, dict[str, bytes]] = {
    code: {"p.bpmn": drawing} for code, drawing in DRAWINGS.items()
}

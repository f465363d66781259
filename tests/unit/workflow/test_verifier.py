"""Nothing is silently different: every damage to a built graph is found."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from engine.workflow.compiler.building.parser import CamundaParser
from engine.workflow.compiler.deployment import drawing
from engine.workflow.compiler.reading.census import census, lost
from engine.workflow.compiler.reading.reader import bpmn, read
from engine.workflow.compiler.report import Report
from engine.workflow.compiler.verifying.verifier import verify
from engine.workflow.language.expressions import compile_expression, compile_template
from engine.workflow.language.scripts import compile_script
from engine.workflow.runtime.activities import NoneTask, UserTask
from engine.workflow.runtime.elements import ListValue
from engine.workflow.runtime.triggers import Trigger
from tests.support.bpmn_builder import (
    boundary,
    call,
    catch,
    condition,
    diagram,
    each,
    end,
    event,
    event_sub,
    inc,
    job,
    lanes,
    node,
    par,
    parameters,
    process,
    script,
    start,
    sub,
    throw,
    timer,
    user,
    xor,
)

RICH = diagram(
    process(
        "p",
        lanes(desk="a g", field="box"),
        start("s"),
        start("m", event("message", "order")),
        xor("g", default="g_b"),
        user("a", each("xs", inner="<bpmn:completionCondition>nrOfInstances > 1"
                       "</bpmn:completionCondition>"),
             ext=parameters({"one": "${x}"}, {"two": "${y}"}),
             props={"name:en": "Ask", "state": "asking", "milestone": "asked",
                    "startClock": "order=${sla}", "stopClock": "wait", "outputCollection": "all",
                    "outputElement": "two", "taskClock": "t"},
             assignee="${me}", candidateGroups="desk,field", candidateUsers="li", dueDate="P1D",
             followUpDate="PT1H", priority="70", formKey="ask"),
        boundary("late", "a", timer("R/PT1H", "Cycle"), interrupting=False),
        boundary("broken", "box", event("error", "E1")),
        job("b", "work", resultVariable="answer",
            ext="<camunda:inputOutput><camunda:inputParameter name='l'><camunda:list>"
                "<camunda:value>1</camunda:value><camunda:value>${x}</camunda:value>"
                "</camunda:list></camunda:inputParameter></camunda:inputOutput>"),
        script("c", "n = n + 1\nif n > 3:\n    m = 'x'\nelse:\n    m = 'y'"),
        node("businessRuleTask", "d", decisionRef="table", resultVariable="r",
             mapDecisionResult="singleEntry"),
        call("k", "other",
             ext='<camunda:in source="x" target="y"/><camunda:out variables="all"/>'),
        sub("box", start("bs"), user("inside"), catch("pay", event("message", "pay")), end("be"),
            flows="bs inside pay be"),
        inc("i"), user("l"), user("r"), inc("j"), par("fork"), par("join"),
        user("again", '<bpmn:standardLoopCharacteristics testBefore="true" loopMaximum="3">'
             "<bpmn:loopCondition>n &lt; 3</bpmn:loopCondition>"
             "</bpmn:standardLoopCharacteristics>"),
        node("receiveTask", "wait", attrs={"messageRef": "message_pay"}),
        node("sendTask", "tell", attrs={"messageRef": "message_order"}),
        node("eventBasedGateway", "first"), catch("t1", timer("PT1H")),
        catch("c1", condition("n > 2")), throw("up", event("escalation", "high")),
        throw("out", '<bpmn:linkEventDefinition name="L"/>'),
        catch("in", '<bpmn:linkEventDefinition name="L"/>'),
        end("e"), end("bang", event("terminate")), end("sig", event("signal", "go")),
        event_sub("es", start("es1", event("signal", "go"),
                              attrs={"isInterrupting": "false"}), user("h"), end("es2"),
                  flows="es1 h es2"),
        flows="s g; m g; g a : x > 1; g b; a c d k box e; b i; i l : x > 1; i r : x > 2; l j;"
              " r j; j fork; fork again join; fork wait join; join tell first; first t1 up out;"
              " first c1 sig; in bang; late e; broken e",
    ),
    names="message:order message:pay error:E1 escalation:high signal:go",
)  # fmt: skip


def built():
    report = Report()
    root = drawing(read(RICH), report)
    parser = CamundaParser(root, report, frozenset({"table"}))
    process_node = next(root.iter(bpmn("process")))
    parser.parse_scope(process_node)
    assert not report.refusals
    return process_node, parser.specs


def set_in(name: str, part: str, /, **changes: object) -> Callable[[dict], None]:
    """Change fields of a structure that a node carries."""

    def damage(specs: dict) -> None:
        target = found(specs, name)
        setattr(target, part, replace(getattr(target, part), **changes))

    return damage


def put(name: str, /, **changes: object) -> Callable[[dict], None]:
    """Change what a node carries."""

    def damage(specs: dict) -> None:
        for part, value in changes.items():
            assert getattr(found(specs, name), part) != value
            setattr(found(specs, name), part, value)

    return damage


def flow(name: str, number: int = 0, /, **changes: object) -> Callable[[dict], None]:
    """Change one flow out of a node."""

    def damage(specs: dict) -> None:
        target = found(specs, name)
        flows = list(target.flows)
        flows[number] = replace(flows[number], **changes)
        target.flows = tuple(flows)

    return damage


def found(specs: dict, name: str):
    return next(spec.task_specs[name] for spec in specs.values() if name in spec.task_specs)


def forget(name: str) -> Callable[[dict], None]:
    """Leave a node out."""

    def damage(specs: dict) -> None:
        spec = next(spec for spec in specs.values() if name in spec.task_specs)
        del spec.task_specs[name]

    return damage


def whole(key: str, /, **changes: object) -> Callable[[dict], None]:
    """Change what a scope says as a whole."""

    def damage(specs: dict) -> None:
        for part, value in changes.items():
            assert getattr(specs[key], part) != value
            setattr(specs[key], part, value)

    return damage


def drop_flow(specs: dict) -> None:
    specs["p"].task_specs["g"].flows = specs["p"].task_specs["g"].flows[1:]


def turn_flows(specs: dict) -> None:
    specs["p"].task_specs["g"].flows = specs["p"].task_specs["g"].flows[::-1]


def add_node(specs: dict) -> None:
    other = replace(specs["p"].task_specs["b"].element, id="new", line=0, column=0)
    NoneTask(specs["p"], other)


def other_class(specs: dict) -> None:
    spec, old = specs["p"], specs["p"].task_specs.pop("l")
    new = NoneTask(spec, old.element)
    new.flows = old.flows


X = compile_expression("1 > 2")
T = compile_template("${other}")
DAMAGES = {
    "a node is left out": forget("d"),
    "an unreached node is left out": forget("in"),
    "a node inside is left out": forget("inside"),
    "a boundary event is left out": forget("late"),
    "a node is made up": add_node,
    "a node is of another class": other_class,
    "a scope is left out": lambda specs: specs.pop("box"),
    "an event sub-process is left out": lambda specs: specs.pop("es"),
    "a flow is left out": drop_flow,
    "flows are in another order": turn_flows,
    "a flow leads elsewhere": flow("g", target="e"),
    "a flow lost its condition": flow("g", condition=None),
    "a flow has another condition": flow("g", condition=X),
    "a flow got a condition": flow("b", condition=X),
    "a default is forgotten": flow("g", 1, is_default=False),
    "a default is made up": flow("g", 0, is_default=True),
    "a flow enters as another": flow("l", index=1),
    "a flow has another name": flow("l", id="other"),
    "a link is cut": put("out", flows=()),
    "a link leads elsewhere": flow("out", target="e"),
    "an id is another": set_in("l", "element", id="r"),
    "a name is another": set_in("l", "element", name="R"),
    "an English name is another": set_in("a", "element", name_en="Other"),
    "a place is another": set_in("l", "element", column=7),
    "a lane is forgotten": set_in("a", "element", lane=None),
    "an inherited lane is forgotten": set_in("inside", "element", lane=None),
    "a state is forgotten": set_in("a", "element", state=None),
    "a milestone is another": set_in("a", "element", milestone="other"),
    "a clock does not start": set_in("a", "element", start_clocks=()),
    "a clock starts otherwise": set_in("a", "element", start_clocks=(("order", T),)),
    "a clock does not stop": set_in("a", "element", stop_clocks=()),
    "an input is forgotten": set_in("a", "element", inputs=()),
    "an input is another": set_in("a", "element", inputs=(("one", T),)),
    "a list is shorter": set_in("b", "element", inputs=(("l", ListValue(())),)),
    "an output is forgotten": set_in("a", "element", outputs=()),
    "a property is forgotten": set_in("a", "element", properties={}),
    "an attribute is forgotten": set_in("a", "element", attributes={}),
    "a form is forgotten": set_in("a", "assignment", form_key=None),
    "an assignee is another": set_in("a", "assignment", assignee=T),
    "a group is forgotten": set_in("a", "assignment", candidate_groups=()),
    "a person is forgotten": set_in("a", "assignment", candidate_users=()),
    "a due time is another": set_in("a", "assignment", due=compile_template("P2D")),
    "a follow-up is forgotten": set_in("a", "assignment", follow_up=None),
    "a priority is forgotten": set_in("a", "assignment", priority=None),
    "task properties are forgotten": set_in("a", "assignment", properties=()),
    "a repetition is forgotten": put("a", loop=None),
    "a repetition has other items": set_in("a", "loop", collection=X),
    "a repetition names its item otherwise": set_in("a", "loop", item_variable="it"),
    "a repetition ends otherwise": set_in("a", "loop", completion=None),
    "a repetition collects nothing": set_in("a", "loop", output_collection=None),
    "a repetition collects something else": set_in("a", "loop", output_element=X),
    "a repetition is sequential": set_in("a", "loop", is_sequential=True),
    "a loop goes on otherwise": set_in("again", "loop", again=X),
    "a loop tests afterwards": set_in("again", "loop", test_before=False),
    "a loop has another maximum": set_in("again", "loop", maximum=4),
    "a topic is another": put("b", topic=T),
    "a topic became an expression": put("b", topic=None, expression=T),
    "a result is named otherwise": put("b", result_variable="other"),
    "a script is another": put("c", script=compile_script("n = n + 2")),
    "a branch of a script is another": put(
        "c", script=compile_script("n = n + 1\nif n > 3:\n    m = 'x'\nelse:\n    m = 'z'")),
    "a script is empty": put("c", script=compile_script("n = n")),
    "a decision is another": put("d", decision="other"),
    "a decision is read otherwise": put("d", mapping="resultList"),
    "a decision's result is lost": put("d", result_variable=None),
    "a call goes elsewhere": put("k", called=T),
    "a call takes nothing along": put("k", passed=()),
    "a call brings nothing back": put("k", returned=()),
    "a message is another": put("pay", trigger=replace(
        found(built()[1], "wait").trigger, name=T)),
    "a message is sent otherwise": set_in("tell", "trigger", name=T),
    "a message is awaited otherwise": set_in("wait", "trigger", name=T),
    "a message became a signal": set_in("pay", "trigger", kind="signal"),
    "an event is dropped": put("pay", trigger=Trigger()),
    "a time is another": set_in("t1", "trigger", text=compile_template("PT2H")),
    "a time is of another form": set_in("late", "trigger", form="duration"),
    "a condition is another": set_in("c1", "trigger", condition=X),
    "an error has another code": set_in("broken", "trigger", code="E2"),
    "an error catches everything": set_in("broken", "trigger", code=None),
    "an escalation has another code": set_in("up", "trigger", code=None),
    "an end does nothing": put("sig", trigger=Trigger()),
    "an end ends more": set_in("bang", "trigger", whole_process=True),
    "a boundary event interrupts": put("late", is_interrupting=True),
    "an event sub-process interrupts": put("es1", is_interrupting=True),
    "a boundary event hangs elsewhere": lambda specs: put(
        "l", boundary=found(specs, "a").boundary)(specs),
    "a boundary event hangs nowhere": put("a", boundary=()),
    "an event sub-process starts otherwise": lambda specs: put(
        "es", start=found(specs, "bs"))(specs),
    "it starts elsewhere": whole("p", starts=("m",)),
    "it starts by nothing": whole("p", starts=()),
    "a sub-process starts elsewhere": whole("box", starts=("inside",)),
    "it starts by no message": whole("p", starts_by_message={}),
    "nobody listens": whole("p", event_sub_processes=()),
    "a join does not wait": whole("p", inclusive_joins=()),
    "a join knows no way to itself": put("j", reach={}),
    "a join waits for the wrong way": put("j", reach={"r": frozenset({0})}),
    "conditions are not watched": whole("p", has_conditions=False),
}  # fmt: skip


def test_an_undamaged_graph_is_the_drawing():
    report = Report()
    verify(*built(), report)
    assert report.findings == []


@pytest.mark.parametrize("name", DAMAGES)
def test_every_damage_is_found(name):
    process_node, specs = built()
    DAMAGES[name](specs)
    report = Report()
    verify(process_node, specs, report)
    assert {one.code for one in report.findings} == {"build-failed"}
    assert all(one.line and "internal: " in one.message for one in report.findings)


def test_what_every_node_carries_is_compared():
    """Whatever the builder keeps at a node, forgetting it shows."""
    _, specs = built()
    assert isinstance(found(specs, "a"), UserTask)
    kept = {
        (name, part)
        for spec in specs.values()
        for name, target in spec.task_specs.items()
        for part in vars(target)
        if part in {"flows", "boundary", "loop", "trigger", "assignment", "topic", "script",
                    "decision", "called", "passed", "returned", "start", "result_variable"}
    }  # fmt: skip
    assert len(kept) > 100
    for name, part in kept:
        process_node, damaged = built()
        setattr(found(damaged, name), part, "damaged")
        report = Report()
        verify(process_node, damaged, report)
        assert report.findings, (name, part)


def lose(root, tag: str) -> None:
    target = next(root.iter(bpmn(tag)))
    target.getparent().remove(target)


def redirect(root) -> None:
    next(root.iter(bpmn("sequenceFlow"))).set("targetRef", "e")


def made_up(root) -> None:
    process_node = next(root.iter(bpmn("process")))
    process_node.append(process_node.makeelement(bpmn("userTask"), {"id": "new"}))


def retype(root) -> None:
    next(root.iter(bpmn("userTask"))).tag = bpmn("manualTask")


def rename(root) -> None:
    next(root.iter(bpmn("userTask"))).set("name", "other")


def move(root) -> None:
    next(root.iter(bpmn("process"))).append(next(root.iter(bpmn("subProcess")))[1])


NORMALISING = {
    "a node": lambda root: lose(root, "userTask"),
    "a flow": lambda root: lose(root, "sequenceFlow"),
    "a condition": lambda root: lose(root, "conditionExpression"),
    "an event": lambda root: lose(root, "timerEventDefinition"),
    "a repetition": lambda root: lose(root, "multiInstanceLoopCharacteristics"),
    "a target": redirect,
    "a new node": made_up,
    "a kind": retype,
    "a name": rename,
    "a scope": move,
}


@pytest.mark.parametrize("name", NORMALISING)
def test_normalising_can_lose_nothing(name):
    root = read(RICH)
    before = census(root)
    assert not list(lost(before, root))
    NORMALISING[name](root)
    assert list(lost(before, root))

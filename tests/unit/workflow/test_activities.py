"""Multi-instance, loops, sub-processes, called processes, scripts, parameters, jobs."""

from engine.domain.effects import (
    ElementsPassed,
    IncidentOpened,
    InstanceEnded,
    JobOpened,
    TaskClosed,
    TaskOpened,
    VariablesChanged,
)
from tests.support.bpmn_builder import (
    boundary,
    call,
    diagram,
    each,
    end,
    event,
    event_sub,
    job,
    model,
    node,
    parameters,
    process,
    script,
    start,
    sub,
    timer,
    user,
)
from tests.support.kernel_world import World

COLLECT = {"outputCollection": "results", "outputElement": "${item + ':' + answer}"}


def test_parallel_instances_collect_their_outputs_in_item_order():
    world = World(
        model(start(), user("a", each("sites"), props=COLLECT), end(), flows="s a e")
    ).start({"sites": ["x", "y", "z"]})
    opened = world.of(TaskOpened)
    assert [(one.loop_index, one.item) for one in opened] == [(0, "x"), (1, "y"), (2, "z")]
    assert world.run().task_variables(opened[1].number)["item"] == "y"
    for number, answer in ((2, "C"), (0, "A"), (1, "B")):
        world.act("complete_task", opened[number].number, {"answer": answer})
    assert world.variables["results"] == ["x:A", "y:B", "z:C"]
    assert "item" not in world.variables
    assert world.is_ended
    assert world.of(ElementsPassed)[-1].element_ids == ("a", "e")


def test_sequential_instances_come_one_by_one():
    world = World(
        model(start(), user("a", each("${sites}", sequential=True), props=COLLECT), end(),
              flows="s a e")
    ).start({"sites": ["x", "y"]})  # fmt: skip
    assert [world.open[n].item for n in world.open] == ["x"]
    world.complete("a", answer=1)
    assert [world.open[n].item for n in world.open] == ["y"]
    world.complete("a", answer=2)
    assert world.variables["results"] == ["x:1", "y:2"]


def test_an_empty_collection_is_passed():
    world = World(
        model(start(), user("a", each("sites"), props=COLLECT), user("b"), end(), flows="s a b e")
    ).start({"sites": []})
    assert world.tasks() == ["b"]
    assert world.variables["results"] == []


def test_what_is_no_collection_is_an_incident():
    world = World(model(start(), user("a", each("sites")), end(), flows="s a e")).start()
    assert world.of(IncidentOpened)[0].kind == "expression"
    world.act("set_variables", {"sites": [1]})
    world.act("retry", world.of(IncidentOpened)[0].number)
    assert world.tasks() == ["a"]


def test_a_completion_condition_ends_the_rest():
    inner = (
        "<bpmn:completionCondition>${nrOfCompletedInstances &gt;= 2}</bpmn:completionCondition>"
    )
    world = World(
        model(start(), user("a", each("sites", inner=inner)), user("b"), end(), flows="s a b e")
    ).start({"sites": [1, 2, 3, 4]})
    world.complete("a")
    assert world.tasks() == ["a"] * 3
    world.complete("a")
    assert world.tasks() == ["b"]
    assert [one.reason for one in world.of(TaskClosed, last=True)] == [
        "completed", "interrupted", "interrupted",
    ]  # fmt: skip


def test_a_cardinality_gives_the_number():
    loop = (
        "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>${n}</bpmn:loopCardinality>"
        "</bpmn:multiInstanceLoopCharacteristics>"
    )
    world = World(model(start(), user("a", loop), end(), flows="s a e")).start({"n": 3})
    assert world.tasks() == ["a", "a", "a"]


def test_a_standard_loop_repeats():
    loop = (
        '<bpmn:standardLoopCharacteristics loopMaximum="5">'
        "<bpmn:loopCondition>not done</bpmn:loopCondition></bpmn:standardLoopCharacteristics>"
    )
    world = World(model(start(), user("a", loop), user("b"), end(), flows="s a b e")).start()
    world.complete("a").complete("a")
    assert world.tasks() == ["a"]
    world.complete("a", done=True)
    assert world.tasks() == ["b"]


def test_a_boundary_timer_guards_the_whole_multi_instance_activity():
    world = World(
        model(start(), user("a", each("sites")), boundary("t", "a", timer("PT1H")), user("x"),
              end(), flows="s a e; t x e")
    ).start({"sites": [1, 2]})  # fmt: skip
    world.complete("a")
    world.pass_time(hours=1)
    assert world.tasks() == ["x"]


def test_sub_processes_repeat_with_local_items():
    world = World(
        model(
            start(),
            sub("box", start("bs"), user("in", props={"who": "${site.name}"}), end("be"),
                flows="bs in be", inner=each("sites", "site")),
            end(), flows="s box e",
        )
    ).start({"sites": [{"name": "x"}, {"name": "y"}]})  # fmt: skip
    assert [one.properties["who"] for one in world.of(TaskOpened)] == ["x", "y"]
    world.complete("in", done=1).complete("in")
    assert world.is_ended
    assert world.variables["done"] == 1


def test_five_hundred_instances():
    world = World(model(start(), user("a", each("sites")), end(), flows="s a e"))
    world.start({"sites": list(range(500))})
    assert len(world.open) == 500
    world.complete("a")
    assert len(world.open) == 499


def test_called_processes_have_variables_of_their_own():
    ext = (
        '<camunda:in source="a" target="x"/><camunda:in sourceExpression="${a * 2}" target="y"/>'
        '<camunda:out source="z" target="result"/>'
    )
    main = process("p", start(), call("c", "sub", ext=ext), user("after"), end(),
                   flows="s c after e")  # fmt: skip
    called = process("sub", start("s2"), user("in"), end("e2"), flows="s2 in e2")
    world = World(diagram(main))
    identifier = world.library.publish("sub", diagram(called))
    world.start({"a": 21, "hidden": 1})
    (task,) = world.of(TaskOpened)
    assert (task.process_key, task.definition_id) == ("sub", identifier)
    assert dict(world.run().task_variables(task.number)) == {"x": 21, "y": 42}
    world.complete("in", z="ok", hidden=2)
    assert dict(world.variables) == {"a": 21, "hidden": 1, "result": "ok"}
    changes = world.of(VariablesChanged, last=True)
    assert [(one.scope > 0, one.values) for one in changes] == [
        (True, {"hidden": 2, "z": "ok"}), (False, {"result": "ok"}),
    ]  # fmt: skip


def test_calls_bind_the_newest_version_at_the_moment_of_the_call_and_keep_it():
    def called(name: str) -> bytes:
        return diagram(process("sub", start("s2"), user(name), user("x"), end("e2"),
                               flows=f"s2 {name} x e2"))  # fmt: skip

    world = World(model(start(), user("a"), call("c", "${which}"), call("d", "sub"), end(),
                        flows="s a c d e"))  # fmt: skip
    world.library.publish("sub", called("one"))
    world.start({"which": "sub"})
    world.library.publish("sub", called("two"))
    world.complete("a")
    assert world.tasks() == ["two"]
    world.library.publish("sub", called("three"))
    world.complete("two").complete("x")
    assert world.tasks() == ["three"]


def test_a_missing_called_process_is_an_incident():
    world = World(model(start(), call("c", "sub"), user("a"), end(), flows="s c a e")).start()
    (incident,) = world.of(IncidentOpened)
    assert (incident.kind, incident.element_id) == ("called_process", "c")
    world.library.publish("sub", diagram(process("sub", start("s2"), end("e2"), flows="s2 e2")))
    world.act("retry", incident.number)
    assert world.tasks() == ["a"]


def test_a_process_that_calls_itself_without_end_is_an_incident():
    world = World(model(start(), call("c", "p"), end(), flows="s c e")).start()
    (incident,) = world.of(IncidentOpened)
    assert incident.kind == "called_process"
    world.act("cancel")
    assert world.is_ended


def test_parameters_are_local_and_results_are_mapped():
    world = World(
        model(
            start(),
            job("w", "work", ext=parameters(
                {"a": "${x + 1}", "b": "${a + 1}", "text": "Nr. ${x}!", "plain": "PT4H"},
                {"y": "${result * 10 + a}"})),
            user("u", ext=parameters({"shown": "${y}"})), end(), flows="s w u e",
        )
    ).start({"x": 1})  # fmt: skip
    (opened,) = world.of(JobOpened)
    assert opened.inputs == {"a": 2, "b": 3, "text": "Nr. 1!", "plain": "PT4H"}
    world.act("complete_job", opened.number, {"result": 4})
    assert dict(world.variables) == {"x": 1, "result": 4, "y": 42}
    assert world.run().task_variables(world.number("u"))["shown"] == 42


def test_a_result_variable_takes_the_whole_result():
    world = World(
        model(start(), job("w", "work", resultVariable="check"), user("u"), end(), flows="s w u e")
    ).start()
    world.act("complete_job", world.of(JobOpened)[0].number, {"free": True})
    assert world.variables["check"] == {"free": True}


def test_lists_and_maps_as_parameters():
    ext = (
        '<camunda:inputOutput><camunda:inputParameter name="items"><camunda:list>'
        "<camunda:value>${x}</camunda:value><camunda:value>b</camunda:value></camunda:list>"
        '</camunda:inputParameter><camunda:inputParameter name="map"><camunda:map>'
        '<camunda:entry key="k">${x}</camunda:entry></camunda:map></camunda:inputParameter>'
        "</camunda:inputOutput>"
    )
    world = World(model(start(), job("w", "work", ext=ext), end(), flows="s w e")).start({"x": 7})
    assert world.of(JobOpened)[0].inputs == {"items": [7, "b"], "map": {"k": 7}}


def test_scripts_assign_all_or_nothing():
    world = World(
        model(
            start(),
            script("x", """
                level = "A" if customer.cls == "A" else "B"
                order.note.text = "hi"
                n += 1
                if level == "A" && n > 1:
                    big = true
                else:
                    big = false
                """.replace("&&", "and")),
            script("y", "ok = 1\nbad = missing + 1"), user("u"), end(), flows="s x y u e",
        )
    ).start({"customer": {"cls": "A"}, "n": 1, "order": {"id": 9}})  # fmt: skip
    (incident,) = world.of(IncidentOpened)
    assert (incident.element_id, incident.kind) == ("y", "expression")
    assert world.variables["order"] == {"id": 9, "note": {"text": "hi"}}
    assert (world.variables["level"], world.variables["n"], world.variables["big"]) == (
        "A",
        2,
        True,
    )
    assert "ok" not in world.variables
    world.act("set_variables", {"missing": 1})
    world.act("retry", incident.number)
    assert world.variables["bad"] == 2


def test_variables_of_parallel_branches_are_never_lost():
    world = World(
        model(start(), user("a"), user("b"), user("z"), end(), node("parallelGateway", "f"),
              node("parallelGateway", "j"), flows="s f; f a j; f b j; j z e")
    ).start({"x": 0, "items": [1, 2, 3]})  # fmt: skip
    world.complete("b", x=1, items=[1, 2, 3, 4, 5])
    world.complete("a")
    assert dict(world.variables) == {"x": 1, "items": [1, 2, 3, 4, 5]}


def test_a_process_may_start_by_message():
    drawing = model(
        start(), start("m", event("message", "order")), user("a"), user("b"), end(),
        flows="s a e; m b e", names="message:order",
    )  # fmt: skip
    assert World(drawing).start().tasks() == ["a"]
    assert World(drawing).start(message="order").tasks() == ["b"]
    assert World(drawing).start(message="unknown").tasks() == ["a"]


def test_a_process_without_waiting_ends_at_once():
    world = World(model(start(), end(), flows="s e")).start()
    assert world.of(InstanceEnded) == [InstanceEnded(outcome="completed", element_id="e")]


def test_called_processes_repeat_and_answer_each():
    ext = '<camunda:in source="site" target="x"/><camunda:out source="y" target="answer"/>'
    collect = {"outputCollection": "answers", "outputElement": "${answer}"}
    main = process("p", start(), call("c", "sub", each("sites", "site"), ext=ext, props=collect),
                   boundary("t", "c", timer("P1D"), interrupting=False), user("late"), end(),
                   flows="s c e; t late e")  # fmt: skip
    called = process("sub", start("s2"), user("in"), end("e2"), flows="s2 in e2")
    world = World(diagram(main))
    world.library.publish("sub", diagram(called))
    world.start({"sites": ["a", "b"]})
    first, second = sorted(world.open)
    world.pass_time(days=1)
    assert world.tasks() == ["in", "in", "late"]
    for number in (second, first):
        item = world.run().task_variables(number)["x"]
        world.act("complete_task", number, {"y": item.upper()})
    assert world.variables["answers"] == ["A", "B"]
    world.complete("late")
    assert world.is_ended


def test_event_sub_processes_of_a_called_process_belong_to_it():
    called = process(
        "sub", start("s2"), user("in"), end("e2"),
        event_sub("es", start("m", event("message", "stop")), user("handle"), end("me"),
                  flows="m handle me"),
        flows="s2 in e2",
    )  # fmt: skip
    drawing = diagram(
        process("p", start(), call("c", "sub"), user("after"), end(), flows="s c after e"),
        called, names="message:stop",
    )  # fmt: skip
    world = World(drawing)
    world.library.publish("sub", drawing)
    world.start()
    assert world.act("deliver", "stop", {"why": "x"})
    assert world.tasks() == ["handle"]
    assert "why" not in world.variables
    world.complete("handle")
    assert world.tasks() == ["after"]


def test_caught_errors_tell_their_code_and_message():
    definition = (
        '<bpmn:errorEventDefinition camunda:errorCodeVariable="code"'
        ' camunda:errorMessageVariable="text"/>'
    )
    world = World(
        model(start(), job("w"), boundary("b", "w", definition), user("x"), end(),
              flows="s w e; b x e")
    ).start()  # fmt: skip
    world.act("fail_job", world.of(JobOpened)[0].number, code="E7", message="No port left.")
    assert dict(world.variables) == {"code": "E7", "text": "No port left."}


def test_a_failing_branch_does_not_stop_the_others():
    world = World(
        model(start(), node("parallelGateway", "f"), script("bad", "x = y + 1"), user("a"),
              node("parallelGateway", "j"), user("z"), end(),
              flows="s f; f bad j; f a j; j z e")
    ).start()  # fmt: skip
    world.complete("a")
    assert world.tasks() == []
    world.act("set_variables", {"y": 1})
    world.act("retry", world.of(IncidentOpened)[0].number)
    assert world.tasks() == ["z"]


def test_a_failing_output_can_be_repaired_after_completion():
    world = World(
        model(start(), user("a", ext=parameters({}, {"total": "${price * 2}"})), user("b"), end(),
              flows="s a b e")
    ).start()  # fmt: skip
    world.complete("a")
    assert world.tasks() == []
    assert len(world.of(TaskClosed)) == 1
    world.act("set_variables", {"price": 4})
    world.act("retry", world.of(IncidentOpened)[0].number)
    assert world.variables["total"] == 8
    assert world.tasks() == ["b"]
    assert len(world.of(TaskClosed)) == 1

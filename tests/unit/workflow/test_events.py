"""Messages, signals, errors, escalations, conditions; at boundaries, in and between scopes."""

from engine.domain.effects import (
    ElementsPassed,
    IncidentClosed,
    IncidentOpened,
    InstanceEnded,
    JobClosed,
    JobOpened,
    MessageAwaited,
    MessageClosed,
    MessageReceived,
    MessageThrown,
    SignalThrown,
    TaskClosed,
    TimerClosed,
)
from tests.support.bpmn_builder import (
    boundary,
    call,
    catch,
    condition,
    diagram,
    end,
    event,
    event_sub,
    job,
    model,
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
from tests.support.kernel_world import World


def test_a_message_is_awaited_received_and_its_values_kept():
    world = World(
        model(start(), catch("m", event("message", "pay")), user("a"), end(),
              flows="s m a e", names="message:pay")
    ).start()  # fmt: skip
    (awaited,) = world.of(MessageAwaited)
    assert (awaited.element_id, awaited.message, awaited.kind) == ("m", "pay", "message")
    assert not world.act("deliver", "other", {})
    assert world.act("deliver", "pay", {"sum": 3})
    assert world.of(MessageReceived)[0].number == awaited.number
    assert world.of(MessageClosed) == [MessageClosed(number=awaited.number)]
    assert world.variables == {"sum": 3}
    assert world.tasks() == ["a"]


def test_a_receive_task_waits_and_may_be_guarded():
    drawing = model(
        start(), node("receiveTask", "r", attrs={"messageRef": "message_ack"}),
        boundary("t", "r", timer("P1D"), interrupting=False), user("chase"), user("a"), end(),
        flows="s r a e; t chase e", names="message:ack",
    )  # fmt: skip
    world = World(drawing).start()
    world.pass_time(days=1)
    assert world.tasks() == ["chase"]
    assert world.act("deliver", "ack", {})
    assert world.tasks() == ["chase", "a"]


def test_throwing_messages_carry_their_inputs():
    world = World(
        model(
            start(),
            node("sendTask", "w", attrs={"messageRef": "message_bill"},
                 ext=parameters({"amount": "${fee * 2}"})),
            throw("t", event("message", "tell")), user("a"), end("e", event("message", "bye")),
            flows="s w t a e", names="message:bill message:tell message:bye",
        )
    ).start({"fee": 4})  # fmt: skip
    world.complete("a")
    assert world.of(MessageThrown) == [
        MessageThrown(element_id="w", message="bill", payload={"amount": 8}),
        MessageThrown(element_id="t", message="tell"),
        MessageThrown(element_id="e", message="bye"),
    ]


def test_signals_reach_the_own_instance_and_are_reported():
    world = World(
        model(
            start(), par("f"), catch("c", event("signal", "go")), user("a"), user("b"),
            end("e", event("signal", "go")), end("e2"),
            flows="s f; f c a e2; f b e", names="signal:go",
        )
    ).start()  # fmt: skip
    assert world.of(MessageAwaited)[0].kind == "signal"
    world.complete("b")
    assert world.of(SignalThrown) == [SignalThrown(element_id="e", signal="go")]
    assert world.tasks() == ["a"]
    assert not world.act("signal", "go")


def test_a_signal_from_outside_reaches_everything_that_waits():
    world = World(
        model(
            start(), user("a"), boundary("b1", "a", event("signal", "go"), interrupting=False),
            user("x"), end(), flows="s a e; b1 x e", names="signal:go",
        )
    ).start()  # fmt: skip
    assert world.act("signal", "go")
    assert world.act("signal", "go")
    assert world.tasks() == ["a", "x", "x"]


def test_a_non_interrupting_message_may_come_again():
    world = World(
        model(start(), user("a"), boundary("u", "a", event("message", "urge"), interrupting=False),
              script("count", "n = n + 1"), end(), flows="s a e; u count e", names="message:urge")
    ).start({"n": 0})  # fmt: skip
    for _ in range(3):
        assert world.act("deliver", "urge", {})
    assert world.variables == {"n": 3}
    world.complete("a")
    assert world.is_ended
    assert not world.act("deliver", "urge", {})


def test_a_conditional_event_fires_when_its_condition_becomes_true():
    world = World(
        model(start(), user("a"), boundary("c", "a", condition("${n > 3}"), interrupting=False),
              user("x"), end(), flows="s a e; c x e")
    ).start({"n": 0})  # fmt: skip
    world.act("set_variables", {"n": 5})
    assert world.tasks() == ["a", "x"]
    world.act("set_variables", {"n": 6})
    assert world.tasks() == ["a", "x"]
    world.act("set_variables", {"n": 0})
    world.act("set_variables", {"n": 4})
    assert world.tasks() == ["a", "x", "x"]


def test_an_error_is_caught_by_the_nearest_handler():
    world = World(
        model(
            start(),
            sub("box", start("bs"), par("bf"), user("in1"), user("in2"),
                end("bad", event("error", "E1")), end("be"),
                flows="bs bf; bf in1 bad; bf in2 be"),
            boundary("any", "box", event("error")), boundary("e1", "box", event("error", "E1")),
            user("x"), user("y"), end(), flows="s box e; any x e; e1 y e", names="error:E1",
        )
    ).start()  # fmt: skip
    second = world.number("in2")
    world.complete("in1")
    assert world.tasks() == ["y"]
    assert TaskClosed(number=second, reason="interrupted") in world.last
    assert world.of(ElementsPassed)[-1].element_ids == ("in1", "bad", "e1")


def test_an_uncaught_error_is_an_incident():
    world = World(
        model(start(), user("a"), end("bad", event("error", "E1")), flows="s a bad",
              names="error:E1")
    ).start()  # fmt: skip
    world.complete("a")
    (incident,) = world.of(IncidentOpened)
    assert (incident.kind, incident.code, incident.element_id) == ("uncaught_error", "E1", "bad")
    assert not world.is_ended
    world.act("cancel")
    assert world.of(IncidentClosed)[0].reason == "cancelled"


def test_a_failed_job_with_a_code_is_a_bpmn_error():
    drawing = model(
        start(), job("w", "work"), boundary("b", "w", event("error", "E1")), user("x"),
        user("a"), end(), flows="s w a e; b x e", names="error:E1",
    )  # fmt: skip
    world = World(drawing).start()
    number = world.of(JobOpened)[0].number
    world.act("fail_job", number, code="E1", message="no")
    assert world.tasks() == ["x"]
    assert world.of(JobClosed) == [JobClosed(number=number, reason="error")]


def test_a_failed_job_without_a_code_is_an_incident_and_can_be_tried_again():
    world = World(
        model(start(), job("w", "work", ext=parameters({"k": "${v}"})), user("a"), end(),
              flows="s w a e")
    ).start({"v": 1})  # fmt: skip
    (job_opened,) = world.of(JobOpened)
    assert job_opened.inputs == {"k": 1}
    world.act("fail_job", job_opened.number, code=None, message="The network is down.")
    (incident,) = world.of(IncidentOpened)
    assert (incident.kind, incident.message) == ("job", "The network is down.")
    world.act("set_variables", {"v": 2})
    world.act("retry", incident.number)
    assert [one.number for one in world.of(JobOpened)] == [job_opened.number] * 2
    assert world.of(JobOpened)[1].inputs == {"k": 2}
    assert len(world.of(IncidentClosed)) == 1
    world.act("fail_job", job_opened.number, code="E9", message="again")
    assert world.of(IncidentOpened)[-1].code == "E9"
    world.act("complete_job", job_opened.number, {"done": True})
    assert world.tasks() == ["a"]
    assert world.variables["done"]


def test_errors_pass_through_called_processes():
    called = process("sub", start("s2"), user("in"), end("bad", event("error", "E1")),
                     flows="s2 in bad")  # fmt: skip
    main = process("p", start(), call("c", "sub"), boundary("b", "c", event("error", "E1")),
                   user("x"), end(), flows="s c e; b x e")  # fmt: skip
    drawing = diagram(main, called, names="error:E1")
    world = World(drawing)
    world.library.publish("sub", drawing)
    world.start()
    world.complete("in")
    assert world.tasks() == ["x"]


def test_escalations_do_not_stop_who_throws_them_unless_interrupting():
    drawing = model(
        start(),
        sub("box", start("bs"), throw("up", event("escalation", "X")), user("in"), end("be"),
            flows="bs up in be"),
        boundary("b", "box", event("escalation", "X"), interrupting=False), user("boss"), end(),
        flows="s box e; b boss e", names="escalation:X",
    )  # fmt: skip
    world = World(drawing).start()
    assert sorted(world.tasks()) == ["boss", "in"]
    stopping = World(drawing.replace(b'cancelActivity="false"', b"")).start()
    assert stopping.tasks() == ["boss"]


def test_an_escalation_nobody_listens_to_has_no_effect():
    world = World(
        model(start(), throw("up", event("escalation", "X")), user("a"), end(),
              flows="s up a e", names="escalation:X")
    ).start()  # fmt: skip
    assert world.tasks() == ["a"]


def test_terminating_ends_the_scope_only():
    world = World(
        model(
            start(),
            sub("box", start("bs"), par("bf"), user("in1"), user("in2"),
                end("stop", event("terminate")), end("be"), flows="bs bf; bf in1 stop; bf in2 be"),
            user("a"), end(), flows="s box a e",
        )
    ).start()  # fmt: skip
    world.complete("in1")
    assert world.tasks() == ["a"]


def test_terminating_the_process_ends_the_instance():
    world = World(
        model(start(), par("f"), user("a"), user("b"), end("stop", event("terminate"),
              props={"state": "cancelled"}), end(), flows="s f; f a stop; f b e")
    ).start()  # fmt: skip
    world.complete("a")
    assert world.is_ended
    assert world.of(InstanceEnded) == [
        InstanceEnded(outcome="terminated", element_id="stop", state="cancelled")
    ]


CANCELLABLE = model(
    start(), par("f"), user("a"), user("b"), par("j"), user("z"),
    end("e", props={"state": "done"}),
    event_sub(
        "cancelling",
        start("asked", event("message", "cancel"), attrs={"isInterrupting": "false"}),
        user("assess"), xor("g", default="g_kept"),
        end("gone", event("terminate"), props={"terminates": "process", "state": "cancelled"}),
        end("kept"), flows="asked assess g; g gone : granted; g kept",
    ),
    event_sub("urging",
              start("urged", event("message", "urge"), attrs={"isInterrupting": "false"}),
              script("count", "urged = (urged or 0) + 1"), end("ue"), flows="urged count ue"),
    event_sub("reminding",
              start("each", timer("R/PT1H", "Cycle"), attrs={"isInterrupting": "false"}),
              user("remind"), end("re"), flows="each remind re"),
    event_sub("failing", start("failed", event("error", "E1")), user("repair"), end("fe"),
              flows="failed repair fe"),
    flows="s f; f a j; f b j; j z e", names="message:cancel message:urge error:E1",
)  # fmt: skip


def test_event_sub_processes_do_not_start_by_themselves_nor_keep_the_process_open():
    world = World(CANCELLABLE).start()
    assert world.tasks() == ["a", "b"]
    for task in ("a", "b", "z"):
        world.complete(task)
    assert world.is_ended
    assert len(world.of(MessageClosed)) == 2
    assert len(world.of(TimerClosed)) == 1


def test_a_non_interrupting_event_sub_process_runs_beside_and_may_come_again():
    world = World(CANCELLABLE).start()
    assert world.act("deliver", "urge", {})
    assert world.act("deliver", "urge", {})
    assert world.variables["urged"] == 2
    world.pass_time(hours=1)
    world.pass_time(hours=1)
    assert world.tasks() == ["a", "b", "remind", "remind"]
    world.complete("remind")
    for task in ("a", "b", "z"):
        world.complete(task)
    assert not world.is_ended
    world.complete("remind")
    assert world.is_ended
    assert world.of(InstanceEnded)[0].state == "done"


def test_an_event_sub_process_may_end_the_whole_process_or_let_it_go_on():
    world = World(CANCELLABLE).start()
    world.act("deliver", "cancel", {"reason": "moved"})
    world.complete("assess", granted=False)
    assert world.tasks() == ["a", "b"]
    world.act("deliver", "cancel", {})
    world.complete("assess", granted=True)
    assert world.is_ended
    assert world.tasks() == []
    assert world.of(InstanceEnded) == [
        InstanceEnded(outcome="terminated", element_id="gone", state="cancelled")
    ]


def interruptible(definition: str, **options) -> World:
    return World(
        model(
            start(), par("f"), user("a"), job("w"), par("j"),
            sub("box", start("bs"), user("in"), end("be"), flows="bs in be"), end(),
            event_sub("esp", start("x", definition), user("handle"), end("he"),
                      flows="x handle he"),
            flows="s f; f a j; f w j; f box j; j e", names="message:stop error:E1 signal:fire",
        ),
        **options,
    ).start()  # fmt: skip


def test_an_interrupting_event_sub_process_cancels_its_scope():
    for definition, act in [
        (event("message", "stop"), lambda world: world.act("deliver", "stop", {})),
        (event("signal", "fire"), lambda world: world.act("signal", "fire")),
        (timer("PT1H"), lambda world: world.pass_time(hours=1)),
        (event("error", "E1"), lambda world: world.act(
            "fail_job", world.of(JobOpened)[0].number, code="E1", message="bad")),
    ]:  # fmt: skip
        world = interruptible(definition)
        assert sorted(world.tasks()) == ["a", "in"]
        act(world)
        assert world.tasks() == ["handle"]
        assert len(world.of(JobClosed)) == 1
        assert len([one for one in world.of(TaskClosed) if one.reason == "interrupted"]) == 2
        world.complete("handle")
        assert world.is_ended


def test_an_event_sub_process_in_a_sub_process_cancels_only_that():
    world = World(
        model(
            start(), par("f"), user("out"),
            sub("box", start("bs"), user("in"), end("be"),
                event_sub("esp", start("x", event("message", "stop")), user("handle"), end("he"),
                          flows="x handle he"),
                flows="bs in be"),
            user("after"), end(), flows="s f; f out e; f box after e", names="message:stop",
        )
    ).start()  # fmt: skip
    world.act("deliver", "stop", {})
    assert world.tasks() == ["out", "handle"]
    world.complete("handle")
    assert world.tasks() == ["out", "after"]
    assert not world.act("deliver", "stop", {})


def test_an_error_thrown_in_an_event_sub_process_reaches_the_handler_beside_it():
    world = World(
        model(
            start(), user("a"), end(),
            event_sub("m",
                      start("x", event("message", "cancel"), attrs={"isInterrupting": "false"}),
                      user("assess"), end("up", event("error", "GONE")), flows="x assess up"),
            event_sub("h", start("y", event("error", "GONE")), user("release"),
                      end("he", props={"state": "cancelled"}), flows="y release he"),
            flows="s a e", names="message:cancel error:GONE",
        )
    ).start()  # fmt: skip
    world.act("deliver", "cancel", {})
    world.complete("assess")
    assert world.tasks() == ["release"]
    world.complete("release")
    assert world.of(InstanceEnded)[0].state == "cancelled"


def test_a_condition_acts_as_soon_as_it_holds():
    """BPMN 2.0.2, 10.5.5: when the condition becomes true, not when nothing else can go on."""
    watch = event_sub("v", start("vs", condition("${stop}")), user("u"), end("ve"),
                      flows="vs u ve")  # fmt: skip
    world = World(
        model(start(), script("c", "stop = True"), throw("t", event("message", "m")), user("a"),
              end(), watch, flows="s c t a e", names="message:m")
    ).start()  # fmt: skip
    assert world.tasks() == ["u"]
    assert world.of(MessageThrown) == []


def test_a_condition_that_held_for_a_moment_has_happened():
    watch = event_sub("v", start("vs", condition("${alarm}"), attrs={"isInterrupting": "false"}),
                      user("u"), end("ve"), flows="vs u ve")  # fmt: skip
    world = World(
        model(start(), script("c", "alarm = True"), script("d", "alarm = False"), user("a"),
              end(), watch, flows="s c d a e")
    ).start()  # fmt: skip
    assert sorted(world.tasks()) == ["a", "u"]


def test_a_condition_may_read_what_the_same_step_still_sets():
    watch = event_sub("v", start("vs", condition("${amount > 5}")), user("u"), end("ve"),
                      flows="vs u ve")  # fmt: skip
    world = World(
        model(start(), script("c", "amount = 9"), user("a"), end(), watch, flows="s c a e")
    ).start()  # fmt: skip
    assert world.of(IncidentOpened) == []
    assert world.tasks() == ["u"]

"""Whatever happens, the effects of an instance add up, and its state is what they say."""

import random
import sys
import threading

import orjson

from engine.domain.effects import (
    IncidentClosed,
    IncidentOpened,
    InstanceEnded,
    JobClosed,
    JobOpened,
    MessageAwaited,
    MessageClosed,
    TaskClosed,
    TaskOpened,
    TimerClosed,
    TimerFired,
    TimerSet,
    VariablesChanged,
)
from tests.conformance.drawing import AS_HANDLER, compensate, transaction, undo
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
    node,
    par,
    process,
    sequence,
    start,
    sub,
    throw,
    timer,
    user,
    xor,
)
from tests.support.kernel_world import World

BESIDE = {"attrs": {"isInterrupting": "false"}}
RICH = diagram(
    process(
        "p",
        start(), xor("m"), inc("i", default="i_a"),
        user("a"), boundary("t1", "a", timer("R3/PT1H", "Cycle"), interrupting=False),
        boundary("t2", "a", timer("PT5H")), user("late"), user("gone"),
        sub("box", start("bs"), user("in", each("xs")), node("eventBasedGateway", "g"),
            catch("m1", event("message", "pay")), catch("t3", timer("PT2H")), end("be"),
            event_sub("ie", start("ies", event("message", "stop")), user("stopped"), end("iee"),
                      flows="ies stopped iee"),
            flows="bs in g; g m1 be; g t3 be"),
        boundary("err", "box", event("error", "E1")),
        boundary("cond", "box", condition("n > 6"), interrupting=False),
        job("w"), boundary("werr", "w", event("error", "E1")),
        call("c", "sub", ext='<camunda:in variables="all"/><camunda:out source="r" target="r"/>'),
        inc("j"), xor("d", default="d_e"), par("pf"), user("x"), user("y"), par("pj"),
        end(), end("e2"),
        undo("a"), undo("w", job("uw", "refund", attrs=AS_HANDLER)),
        boundary("uwerr", "uw", event("error", "E1")), user("byhand"),
        transaction("deal", start("ds"), par("df"), user("book"), undo("book"),
                    sub("pay", start("ps"), user("p1"), undo("p1"), job("p2"), end("pe"),
                        end("px", event("cancel")), boundary("perr", "p2", event("error")),
                        flows="ps p1 p2 pe; perr px"),
                    par("dj"), end("de"), flows=sequence("ds df; df book dj; df pay dj; dj de")),
        boundary("dc", "deal", event("cancel")), boundary("derr", "deal", event("error", "E1")),
        throw("ct", compensate()), end("ce2", compensate("a")),
        event_sub("urge", start("u", event("message", "urge"), **BESIDE), user("urged"),
                  end("ue"),
                  flows="u urged ue"),
        event_sub("tick", start("k", timer("R/PT3H", "Cycle"), **BESIDE), user("ticked"),
                  end("ke"),
                  flows="k ticked ke"),
        event_sub("abort", start("ab", event("signal", "abort")), user("clean"), end("ce"),
                  flows="ab clean ce"),
        flows="""s m i
        i a : n % 2 == 0
        i box : n > 1
        i w : n > 3
        i c : n > 4
        i deal : n > 2
        i a
        a j; """.replace(";", "") + """
        box j
        w j
        c j
        t1 late e2
        t2 gone j
        err e2
        cond e2
        werr j
        j pf
        pf x pj
        pf y pj
        pj ct
        ct d
        deal j
        dc j
        derr byhand ce2
        uwerr byhand
        d m : n % 3 == 0
        d e""",
    ),
    process("sub", start("ss"), user("q"), boundary("qb", "q", timer("PT1H")), job("v"),
            end("se"), end("sx", event("error", "E1")), flows="ss q v se; qb sx"),
    names="message:pay message:stop message:urge signal:abort error:E1",
)  # fmt: skip


class Book:
    """Adds the effects up."""

    def __init__(self) -> None:
        self.open: dict[str, set[int]] = {
            kind: set() for kind in ("task", "job", "timer", "message")
        }
        self.incidents: set[int] = set()
        self.variables: dict[str, object] = {}
        self.ever: set[int] = set()
        self.ended = False

    def add(self, effects) -> None:
        for effect in effects:
            assert not self.ended, effect
            opened = {TaskOpened: "task", MessageAwaited: "message"}.get(type(effect))
            closed = {TaskClosed: "task", JobClosed: "job", TimerClosed: "timer",
                      MessageClosed: "message"}.get(type(effect))  # fmt: skip
            if opened:
                assert effect.number not in self.ever, effect
                self.open[opened].add(effect.number)
                self.ever.add(effect.number)
            elif closed:
                self.open[closed].remove(effect.number)
            elif isinstance(effect, TimerSet | JobOpened):
                kind = "timer" if isinstance(effect, TimerSet) else "job"
                assert (effect.number in self.open[kind]) == (effect.number in self.ever), effect
                self.open[kind].add(effect.number)
                self.ever.add(effect.number)
            elif isinstance(effect, TimerFired):
                assert effect.number in self.open["timer"]
            elif isinstance(effect, IncidentOpened):
                self.incidents.add(effect.number)
            elif isinstance(effect, IncidentClosed):
                self.incidents.remove(effect.number)
            elif isinstance(effect, VariablesChanged) and effect.scope == 0:
                self.variables |= effect.values
            elif isinstance(effect, InstanceEnded):
                self.ended = True


def new_world() -> World:
    world = World(RICH)
    world.library.publish("sub", RICH)
    return world


def act_at_random(world: World, book: Book, chance: random.Random) -> None:
    """One command on something that is open."""
    tasks, jobs, incidents = (
        sorted(one) for one in (book.open["task"], book.open["job"], book.incidents)
    )
    values = {"n": chance.randrange(9)}
    code = chance.choice([None, "E1", "E2"])
    message = chance.choice(["pay", "stop", "urge"])
    hours = chance.choice([1, 2, 6])
    choices = [
        *[lambda: world.act("complete_task", chance.choice(tasks), values)] * (6 * bool(tasks)),
        *[lambda: world.act("complete_job", chance.choice(jobs), {"r": 1})] * bool(jobs),
        *[lambda: world.act("fail_job", chance.choice(jobs), code=code, message="bad")]
        * bool(jobs),
        *[lambda: world.act("retry", chance.choice(incidents))] * bool(incidents),
        lambda: world.act("deliver", message, values),
        lambda: world.pass_time(hours=hours),
        *[lambda: world.act("signal", "abort")] * (chance.random() < 0.1),
    ]
    chance.choice(choices)()


def live(seed: int, shared: World | None = None) -> World:
    chance = random.Random(seed)
    world = new_world()
    if shared is not None:
        world.kernel = shared.kernel
    book = Book()
    world.start({"n": chance.randrange(9), "xs": [1, 2]})
    book.add(world.last)
    for _ in range(80):
        if world.is_ended:
            break
        act_at_random(world, book, chance)
        book.add(world.last)
        assert set(world.open) == book.open["task"]
        assert dict(world.variables) == book.variables, seed
    if not world.is_ended:
        world.act("cancel")
        book.add(world.last)
    assert book.ended
    assert not any(book.open.values()), (seed, book.open)
    assert not book.incidents
    return world


def test_effects_add_up_over_random_lives():
    outcomes = {live(seed).of(InstanceEnded)[0].outcome for seed in range(400)}
    assert outcomes == {"completed", "cancelled"}


def test_the_same_commands_give_the_same_bytes():
    assert live(7).state == live(7).state
    assert [live(8).effects] == [live(8).effects]


def test_a_restored_state_is_dumped_as_it_was():
    for seed in range(30):
        chance = random.Random(seed)
        world = new_world()
        world.start({"n": 8, "xs": [1]})
        for _ in range(chance.randrange(6)):
            if world.open:
                world.act("complete_task", chance.choice(sorted(world.open)), {"n": 8})
        assert world.run().dump() == world.state
        assert isinstance(orjson.loads(world.state), list)


def test_threads_share_definitions_safely():
    shared = new_world()
    expected = [live(seed).state for seed in range(6)]
    found: list[list[bytes]] = []

    def work() -> None:
        found.append([live(seed, shared).state for seed in range(6)])

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sys.setswitchinterval(interval)
    assert found == [expected] * 4

"""Timer events. Dates, durations, cycles, working time, wherever timers may stand."""

from tests.conformance.drawing import around, listening
from tests.conformance.notation import case, wrong
from tests.support.bpmn_builder import (
    boundary,
    catch,
    end,
    event_sub,
    model,
    node,
    start,
    sub,
    timer,
    user,
)


def waits(inner: str) -> bytes:
    """A timer ``t``, then the task ``x``."""
    return around(catch("t", inner), user("x"), flows="s t x e")


def guarded(inner: str, *, interrupting: bool) -> bytes:
    """A task ``x`` with the timer ``t`` on it, which leads to the task ``y``."""
    return around(user("x"), boundary("t", "x", inner, interrupting=interrupting), user("y"),
                  flows="s x e; t y e")  # fmt: skip


CASES = [
    case("Timer Intermediate Event, duration", "waits so long", "10.5.4 / 10.5.5 / 13.5.2",
         waits(timer("PT90M")),
         "start > t@90m; wait 89m > t@90m; wait 1m > x; x > end:e"),
    case("Timer Intermediate Event, duration", "counts from the arrival of the token", "13.5.2",
         around(user("x"), catch("t", timer("PT1H")), flows="s x t e"),
         "start > x; wait 5h > x; x > t@6h; wait 1h > end:e"),
    case("Timer Intermediate Event, duration", "may be computed", "10.5.5",
         waits(timer("${late}")), "start late=P2D > t@2d; wait 2d > x; x > end:e"),
    case("Timer Intermediate Event, duration", "of nothing fires with the next tick", "10.5.5",
         waits(timer("PT0S")), "start > t@0s; wait 0s > x; x > end:e"),
    case("Timer Intermediate Event, duration", "may be in working time", "10.5.5",
         waits(timer("PT2H@business")), "start > t@4h; wait 4h > x; x > end:e"),
    case("Timer Intermediate Event, date", "waits until then", "10.5.5",
         waits(timer("2026-01-05T03:30:00Z", "Date")),
         "start > t@150m; wait 2h > t@150m; wait 30m > x; x > end:e"),
    case("Timer Intermediate Event, date", "that has passed fires at once", "10.5.5",
         waits(timer("2026-01-05T09:00:00+08:00", "Date")), "start > t@0s; wait 0s > x"),
    case("Timer Intermediate Event, date", "that is none waits for a repair", "10.5.5",
         waits(timer("${when}", "Date")),
         "start when=soon > incident:t/timer; set when=PT1H > incident:t/timer; retry t > t@1h;"
         " wait 1h > x"),
    case("Timer Intermediate Event, cycle", "fires once in the normal flow", "10.5.5",
         waits(timer("R/PT1H", "Cycle")), "start > t@1h; wait 3h > x; x > end:e"),
    case("Timer Intermediate Event, cycle", "may be a calendar rule", "10.5.5",
         waits(timer("0 12 * * *", "Cycle")), "start > t@3h; wait 3h > x; x > end:e"),
    case("Timer Boundary Event, interrupting", "takes the task away", "10.5.4 / 13.5.3",
         guarded(timer("PT1H"), interrupting=True),
         "start > x t@1h; wait 1h > y; y > end:e", "start > x t@1h; x > end:e; wait 2h > -"),
    case("Timer Boundary Event, interrupting", "at a date", "10.5.5 / 13.5.3",
         guarded(timer("2026-01-05T02:00:00Z", "Date"), interrupting=True),
         "start > x t@1h; wait 1h > y; y > end:e"),
    case("Timer Boundary Event, interrupting", "in cycles fires once", "10.5.5 / 13.5.3",
         guarded(timer("R/PT1H", "Cycle"), interrupting=True),
         "start > x t@1h; wait 1h > y; wait 5h > y; y > end:e"),
    case("Timer Boundary Event, interrupting", "on a waiting sub-process at once", "13.5.3",
         around(sub("x", start("bs"), user("a"), user("b"), end("be"), flows="bs a be; bs b be"),
                boundary("t", "x", timer("PT1H")), user("y"), flows="s x e; t y e"),
         "start > a b t@1h; a > b t@1h; wait 1h > y; y > end:e"),
    case("Timer Boundary Event, interrupting", "the earlier of two wins", "13.5.3",
         around(user("x"), boundary("t", "x", timer("PT2H")), boundary("u", "x", timer("PT1H")),
                user("y"), user("w"), flows="s x e; t y e; u w e"),
         "start > t@2h u@1h x; wait 9h > w; w > end:e"),
    case("Timer Boundary Event, non-interrupting", "leaves the task and fires once",
         "10.5.4 / 13.5.3", guarded(timer("PT1H"), interrupting=False),
         "start > x t@1h; wait 1h > x y; wait 5h > x y; x > y; y > end:e",
         "start > x t@1h; wait 1h > x y; y > x; x > end:e"),
    case("Timer Boundary Event, non-interrupting", "in cycles reminds again and again",
         "10.5.5 / 13.5.3", guarded(timer("R/PT1H", "Cycle"), interrupting=False),
         "start > x t@1h; wait 1h > x y t@2h; wait 1h > x y y t@3h; x > y y; wait 9h > y y;"
         " y > y; y > end:e"),
    case("Timer Boundary Event, non-interrupting", "in three cycles reminds three times",
         "10.5.5", guarded(timer("R3/PT10M", "Cycle"), interrupting=False),
         "start > x t@10m; wait 10m > x y t@20m; wait 10m > x y y t@30m; wait 10m > x y y y;"
         " wait 10m > x y y y"),
    case("Timer Boundary Event, non-interrupting", "missed cycles come once", "10.5.5",
         guarded(timer("R/PT1H", "Cycle"), interrupting=False),
         "start > x t@1h; wait 210m > x y t@4h"),
    case("Timer Boundary Event, non-interrupting", "on a sub-process", "13.5.3",
         around(sub("x", start("bs"), user("a"), end("be"), flows="bs a be"),
                boundary("t", "x", timer("PT1H"), interrupting=False), user("y"),
                flows="s x e; t y e"),
         "start > a t@1h; wait 1h > a y; a > y; y > end:e"),
    case("Timer Event Sub-Process, interrupting", "ends the rest of its scope",
         "10.3.5 / 13.5.4",
         around(user("x"), event_sub("es", listening(timer("PT1H"), "t"), user("y"), end("ee"),
                                     flows="t y ee")),
         "start > x t@1h; wait 1h > y; y > end:ee", "start > x t@1h; x > end:e"),
    case("Timer Event Sub-Process, non-interrupting", "in cycles begins again and again",
         "10.3.5 / 13.5.4",
         around(user("x"), event_sub("es", listening(timer("R2/PT1H", "Cycle"), "t",
                                                     interrupting=False), user("y"), end("ee"),
                                     flows="t y ee")),
         "start > x t@1h; wait 1h > x y t@2h; wait 1h > x y y; x > y y; y > y; y > end:e"),
    case("Timer Event Sub-Process, non-interrupting", "lives as long as its sub-process",
         "13.5.4",
         around(sub("x", start("bs"), user("a"), end("be"),
                    event_sub("es", listening(timer("PT1H"), "t", interrupting=False), user("y"),
                              end("ee"), flows="t y ee"), flows="bs a be"), user("z"),
                flows="s x z e"),
         "start > a t@1h; a > z; wait 2h > z",
         "start > a t@1h; wait 1h > a y; a > y; y > z; z > end:e"),
]  # fmt: skip

WRONG = [
    wrong("Timer Intermediate Event, duration", "that is none", "10.5.5",
          around(catch("x", timer("4 hours"))), "timer-invalid@x"),
    wrong("Timer Intermediate Event, date", "without its offset", "10.5.5",
          around(catch("x", timer("2026-01-05T09:00:00", "Date"))), "timer-invalid@x"),
    wrong("Timer Intermediate Event, cycle", "that is none", "10.5.5",
          around(catch("x", timer("R/PT0S", "Cycle"))), "timer-invalid@x"),
    wrong("Timer Intermediate Event, duration", "without a time", "10.5.5",
          around(catch("x", "<bpmn:timerEventDefinition/>")), "timer-missing@x"),
    wrong("Timer Intermediate Event, duration", "and a date as well", "10.5.5",
          around(catch("x", "<bpmn:timerEventDefinition><bpmn:timeDate>2026-02-01T00:00:00Z"
                            "</bpmn:timeDate><bpmn:timeDuration>PT1H</bpmn:timeDuration>"
                            "</bpmn:timerEventDefinition>")), "timer-several@x"),
    wrong("Timer Boundary Event, interrupting", "on a task that never waits", "13.5.3",
          around(node("task", "x"), boundary("t", "x", timer("PT1H")), flows="s x e; t e"),
          "boundary-never@t"),
    wrong("Timer End Event", "does not exist", "10.5.3 / 10.5.5",
          model(start(), user("a"), end("x", timer("PT1H")), flows="s a x"),
          "event-unsupported@x"),
    wrong("Timer Intermediate Event, throwing", "does not exist", "10.5.4 / 10.5.5",
          around(node("intermediateThrowEvent", "x", timer("PT1H"))), "event-unsupported@x"),
]  # fmt: skip

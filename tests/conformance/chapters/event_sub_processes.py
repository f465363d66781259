"""Event sub-processes. Every start, interrupting and not, at every level."""

from tests.conformance.drawing import around, definition, listening, times
from tests.conformance.notation import case, wrong
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
    par,
    process,
    script,
    start,
    sub,
    throw,
    user,
)

PAY = event("message", "pay")
GO = event("signal", "go")
HELD = condition("${n > 3}")
NAMES = "message:pay message:stop signal:go error:E1 escalation:X"


def listens(inner: str, id_: str = "es", *, interrupting: bool = True) -> str:
    """An event sub-process with one task: ``y`` in ``es``, else named after it."""
    task = "y" if id_ == "es" else f"{id_}_y"
    return event_sub(
        id_, listening(inner, f"{id_}_s", interrupting=interrupting), user(task),
        end(f"{id_}_end"), flows=f"{id_}_s {task} {id_}_end",
    )  # fmt: skip


def in_process(inner: str, *, interrupting: bool = True) -> bytes:
    """Two parallel tasks x and b, and an event sub-process beside them."""
    return model(start(), user("x"), user("b"), end(), listens(inner, interrupting=interrupting),
                 flows="s x e; s b e", names=NAMES)  # fmt: skip


def in_box(inner: str, *, interrupting: bool = True) -> bytes:
    """The same in a sub-process, and the task ``z`` after it."""
    return around(
        sub("box", start("bs"), user("x"), user("b"), end("be"),
            listens(inner, interrupting=interrupting), flows="bs x be; bs b be"),
        user("z"), flows="s box z e", names=NAMES,
    )  # fmt: skip


CASES = [
    case("Message Event Sub-Process, interrupting", "ends the process it stands in",
         "10.3.5 / 13.5.4", in_process(PAY),
         "start > b x msg:pay@es_s; get pay n=1 > y; lost pay > y; y > end:es_end",
         "start > b x msg:pay@es_s; x > b msg:pay@es_s; b > end:e; lost pay > -"),
    case("Message Event Sub-Process, interrupting", "ends only its own sub-process",
         "10.3.5 / 13.5.4", in_box(PAY),
         "start > b x msg:pay@es_s; x > b msg:pay@es_s; get pay > y; y > z; z > end:e"),
    case("Message Event Sub-Process, non-interrupting", "runs beside, as often as it comes",
         "10.3.5 / 13.5.4", in_process(PAY, interrupting=False),
         "start > b x msg:pay@es_s; get pay > b x y msg:pay@es_s;"
         " get pay > b x y y msg:pay@es_s; x > b y y msg:pay@es_s; y > b y msg:pay@es_s"),
    case("Message Event Sub-Process, non-interrupting", "keeps its scope open while it runs",
         "13.5.4", in_box(PAY, interrupting=False),
         "start > b x msg:pay@es_s; get pay > b x y msg:pay@es_s; b > x y msg:pay@es_s;"
         " x > y; lost pay > y; y > z; z > end:e") ,
    case("Signal Event Sub-Process, interrupting", "ends its scope", "10.3.5 / 13.5.4",
         in_box(GO), "start > b x sig:go@es_s; signal go > y; unheard go > y; y > z"),
    case("Signal Event Sub-Process, non-interrupting", "runs beside", "10.3.5 / 13.5.4",
         in_process(GO, interrupting=False),
         "start > b x sig:go@es_s; signal go > b x y sig:go@es_s;"
         " signal go > b x y y sig:go@es_s"),
    case("Conditional Event Sub-Process, interrupting", "ends its scope when it holds",
         "10.3.5 / 13.5.4", in_box(HELD), "start n=0 > b x; set n=5 > y; y > z; z > end:e"),
    case("Conditional Event Sub-Process, non-interrupting", "runs whenever it becomes true",
         "10.3.5 / 13.5.4", in_process(HELD, interrupting=False),
         "start n=0 > b x; x n=5 > b y; set n=1 > b y; set n=4 > b y y; b > y y"),
    case("Error Event Sub-Process", "does not begin by itself", "10.3.5 / 13.5.4",
         in_process(event("error", "E1")), "start > b x; x > b; b > end:e"),
    case("Error Event Sub-Process", "handles an error of its scope", "10.3.5 / 13.5.4",
         around(sub("box", start("bs"), user("a"), job("w"), end("be"),
                    listens(event("error", "E1")), flows="bs a be; bs w be"), user("z"),
                flows="s box z e", names=NAMES),
         "start > a job:w; fail w E1 > y; y > z; z > end:e",
         "start > a job:w; done w > a; a > z; z > end:e"),
    case("Error Event Sub-Process", "of the process handles an error end", "13.5.4 / 13.5.6",
         model(start(), user("a"), user("b"), end("bad", event("error", "E1")), end(),
               listens(event("error")), flows="s a bad; s b e", names=NAMES),
         "start > a b; a > y; y > end:es_end"),
    case("Error Event Sub-Process", "comes before a boundary event outside", "10.5.6",
         around(sub("box", start("bs"), user("a"), end("bad", event("error", "E1")),
                    listens(event("error", "E1")), flows="bs a bad"),
                boundary("d", "box", event("error", "E1")), user("w"), user("z"),
                flows="s box z e; d w e", names=NAMES),
         "start > a; a > y; y > z; z > end:e"),
    case("Error Event Sub-Process", "may throw on what it cannot handle", "10.5.6",
         around(sub("box", start("bs"), user("a"), end("bad", event("error", "E1")),
                    event_sub("es", listening(event("error", "E1"), "es_s"), user("y"),
                              end("on", event("error", "E1")), flows="es_s y on"),
                    flows="bs a bad"),
                boundary("d", "box", event("error", "E1")), user("w"), user("z"),
                flows="s box z e; d w e", names=NAMES),
         "start > a; a > y; y > w; w > end:e"),
    case("Escalation Event Sub-Process, interrupting", "ends its scope", "10.3.5 / 13.5.4",
         around(sub("box", start("bs"), user("a"), throw("up", event("escalation", "X")),
                    user("b"), end("be"), listens(event("escalation", "X")),
                    flows="bs a up b be"), user("z"), flows="s box z e", names=NAMES),
         "start > a; a > y; y > z; z > end:e"),
    case("Escalation Event Sub-Process, non-interrupting", "runs beside", "10.3.5 / 13.5.4",
         around(sub("box", start("bs"), user("a"), throw("up", event("escalation", "X")),
                    user("b"), end("be"), listens(event("escalation", "X"), interrupting=False),
                    flows="bs a up b be"), user("z"), flows="s box z e", names=NAMES),
         "start > a; a > b y; b > y; y > z; z > end:e"),
    case("Event Sub-Process", "an interrupting one ends the others of its scope", "13.5.4",
         model(start(), user("x"), end(), listens(PAY, interrupting=False),
               listens(event("message", "stop"), "st"), flows="s x e", names=NAMES),
         "start > x msg:pay@es_s msg:stop@st_s; get pay > x y msg:pay@es_s msg:stop@st_s;"
         " get stop > st_y; lost pay > st_y; st_y > end:st_end"),
    case("Event Sub-Process", "does not interrupt the scope around", "13.5.4",
         model(start(), user("out"), end(), user("z"),
               sub("box", start("bs"), user("x"), end("be"), listens(PAY), flows="bs x be"),
               flows="s out e; s box z e", names=NAMES),
         "start > out x msg:pay@es_s; get pay > out y; y > out z; z > out; out > end:e"),
    case("Event Sub-Process", "inside a sub-process that is not open does not listen", "13.5.4",
         around(user("a"), sub("box", start("bs"), user("x"), end("be"), listens(PAY),
                               flows="bs x be"), flows="s a box e", names=NAMES),
         "start > a; lost pay > a; a > x msg:pay@es_s; x > end:e"),
    case("Event Sub-Process", "reads and writes the data of its scope", "10.4.1",
         around(user("x"), event_sub("es", listening(PAY, "es_s", interrupting=False),
                                     script("c", "n = n + k"), end("ee"), flows="es_s c ee"),
                names=NAMES),
         "start n=1 > x msg:pay@es_s; get pay k=5 > n=6 x msg:pay@es_s; x > end:e"),
    case("Event Sub-Process", "may hold another event sub-process", "10.3.5",
         around(user("x"), event_sub("es", listening(PAY, "es_s"), user("y"), end("ee"),
                                     listens(event("message", "stop"), "st"),
                                     flows="es_s y ee"), names=NAMES),
         "start > x msg:pay@es_s; get pay > y msg:stop@st_s; get stop > st_y; st_y > end:st_end"),
    case("Event Sub-Process", "of a called process listens while it runs", "10.3.6 / 13.5.4",
         diagram(process("p", start(), call("c", "q", ext='<camunda:in variables="all"/>'),
                         user("z"), end(), flows="s c z e"),
                 process("q", start("qs"), user("x"), end("qe"), listens(PAY), flows="qs x qe"),
                 names=NAMES),
         "start > x msg:pay@es_s; get pay > y; y > z; z > end:e"),
    case("Event Sub-Process", "that terminates ends itself only", "13.5.6",
         model(start(), user("x"), end(),
               event_sub("es", listening(PAY, "es_s", interrupting=False), par("f"), user("y"),
                         user("w"), end("ee", event("terminate")), end("e2"),
                         flows="es_s f; f y ee; f w e2"), flows="s x e", names=NAMES),
         "start > x msg:pay@es_s; get pay > w x y msg:pay@es_s; y > x msg:pay@es_s; x > end:e"),
    case("Event Sub-Process", "that ends by an error is left by it", "10.5.6",
         around(sub("box", start("bs"), user("a"), end("be"),
                    event_sub("es", listening(PAY, "es_s", interrupting=False), user("y"),
                              end("bad", event("error", "E1")), flows="es_s y bad"),
                    flows="bs a be"),
                boundary("d", "box", event("error", "E1")), user("w"), user("z"),
                flows="s box z e; d w e", names=NAMES),
         "start > a msg:pay@es_s; get pay > a msg:pay@es_s y; y > w; w > end:e"),
    case("Event Sub-Process", "is taken away with its scope", "13.5.3 / 13.5.4",
         around(sub("box", start("bs"), user("a"), end("be"),
                    listens(PAY, interrupting=False), flows="bs a be"),
                boundary("d", "box", event("message", "stop")), user("w"),
                flows="s box e; d w e", names=NAMES),
         "start > a msg:pay@es_s msg:stop@d; get pay > a msg:pay@es_s msg:stop@d y;"
         " get stop > w; lost pay > w; w > end:e"),
    case("Event Sub-Process", "in a repeated sub-process belongs to one repetition",
         "13.3.7 / 13.5.4",
         around(sub("box", start("bs"), user("a"), end("be"), listens(PAY), flows="bs a be",
                    inner=times("2")), user("z"), flows="s box z e", names=NAMES),
         "start > a a msg:pay@es_s msg:pay@es_s; get pay > a msg:pay@es_s y; y > a msg:pay@es_s;"
         " a > z; z > end:e"),
    case("Event Sub-Process", "takes an incident of its scope away", "13.3.2 / 13.5.4",
         around(job("x"), listens(PAY), names=NAMES),
         "start > job:x msg:pay@es_s; fail x > incident:x/job job:x msg:pay@es_s; get pay > y;"
         " y > end:es_end"),
    case("Event Sub-Process", "waits for events itself", "10.3.5",
         around(user("x"), event_sub("es", listening(PAY, "es_s"), catch("c", GO), user("y"),
                                     end("ee"), flows="es_s c y ee"), names=NAMES),
         "start > x msg:pay@es_s; get pay > sig:go@c; signal go > y; y > end:ee"),
]  # fmt: skip

WRONG = [
    wrong("Event Sub-Process", "with a flow into it", "10.3.5",
          model(start(), user("a"), end(), listens(PAY), flows="s a e; a es", names=NAMES),
          "event-sub-process-connected@es"),
    wrong("Event Sub-Process", "with a flow out of it", "10.3.5",
          model(start(), user("a"), end(), listens(PAY), flows="s a e; es e", names=NAMES),
          "event-sub-process-connected@es"),
    wrong("Event Sub-Process", "begun by nothing", "10.3.5",
          around(user("x"), listens("")), "event-missing@es"),
    wrong("Event Sub-Process", "with two starts", "10.3.5",
          around(user("x"), event_sub("es", listening(PAY, "s1"), listening(GO, "s2"), user("y"),
                                      end("ee"), flows="s1 y ee; s2 y"), names=NAMES),
          "start-several@es"),
    wrong("Error Event Sub-Process", "drawn as not interrupting", "10.3.5 / 10.5.2",
          around(user("x"), listens(event("error", "E1"), interrupting=False), names=NAMES),
          "event-interrupts@es_s"),
    wrong("Multiple Event Sub-Process", "is not run", "10.5.5",
          around(user("x"), listens(PAY + GO), names=NAMES), "event-multiple@es_s"),
    wrong("Cancel Event Sub-Process", "does not exist", "10.5.2",
          around(user("x"), listens(event("cancel")), names=NAMES), "event-unsupported@es_s"),
    wrong("Message Event Sub-Process, interrupting", "without a message", "10.5.5",
          around(user("x"), listens(definition("message"))), "message-missing@es_s"),
]  # fmt: skip

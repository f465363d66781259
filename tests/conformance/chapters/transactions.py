"""Transactions. Their three outcomes, cancel events and hazards."""

from tests.conformance.drawing import around, times, transaction, undo
from tests.conformance.notation import case, wrong
from tests.support.bpmn_builder import (
    boundary,
    catch,
    end,
    event,
    job,
    par,
    sequence,
    start,
    sub,
    throw,
    timer,
    user,
    xor,
)

CANCEL = event("cancel")


def deal(*elements: str, flows: str) -> str:
    """The transaction ``x``."""
    return transaction("x", start("bs"), *elements, flows=sequence(flows))


BOOKED = around(
    deal(user("a"), undo("a"), user("b"), undo("b"), xor("g", default="g_be"), end("be"),
         end("no", CANCEL), flows="bs a b g; g no : off; g be"),
    boundary("d", "x", CANCEL), user("y"), user("z"), flows="s x z e; d y e",
)  # fmt: skip

CASES = [
    case("Transaction", "that succeeds goes on like a sub-process", "10.3.5 / 13.3.4",
         BOOKED, "start > a; a > b; b off=False > z; z > end:e"),
    case("Cancel End Event", "undoes the transaction, then leaves by the cancel event",
         "10.3.5 / 10.5.3 / 13.5.6",
         BOOKED, "start > a; a > b; b off=True > ub; ub > ua; ua > y; y > end:e"),
    case("Cancel End Event", "ends what still runs before it undoes", "10.3.5 / 13.5.6",
         around(deal(par("f"), user("a"), undo("a"), user("b"), undo("b"), user("c"),
                     end("no", CANCEL), end("be"), flows="bs f; f a b be; f c no"),
                boundary("d", "x", CANCEL), user("y"), flows="s x e; d y e"),
         "start > a c; a > b c; c > ua; ua > y; y > end:e",
         "start > a c; c > y; y > end:e"),
    case("Cancel Boundary Event", "waits for nothing from outside", "10.5.4",
         around(deal(user("a"), end("be"), flows="bs a be"), boundary("d", "x", CANCEL),
                user("y"), flows="s x e; d y e"),
         "start > a; lost cancel > a; unheard cancel > a; a > end:e"),
    case("Transaction", "that fails by an error is not undone", "10.3.5",
         around(deal(user("a"), undo("a"), job("w"), end("be"), flows="bs a w be"),
                boundary("d", "x", CANCEL), boundary("h", "x", event("error", "E1")), user("y"),
                user("v"), flows="s x e; d y e; h v e", names="error:E1"),
         "start > a; a > job:w; fail w E1 > v; v > end:e"),
    case("Transaction", "may be undone by the process after its success", "10.7.1",
         around(deal(user("a"), undo("a"), end("be"), flows="bs a be"),
                throw("t", event("compensate")), user("z"), flows="s x t z e"),
         "start > a; a > ua; ua > z; z > end:e"),
    case("Cancel End Event", "may stand in a sub-process of the transaction", "10.5.3",
         around(deal(user("a"), undo("a"),
                     sub("in", start("i1"), user("b"), end("no", CANCEL), flows="i1 b no"),
                     end("be"), flows="bs a in be"),
                boundary("d", "x", CANCEL), user("y"), flows="s x e; d y e"),
         "start > a; a > b; b > ua; ua > y; y > end:e"),
    case("Cancel End Event", "takes waiting events away", "13.5.6",
         around(deal(par("f"), user("a"), catch("m", event("message", "pay")),
                     catch("t", timer("PT1H")), end("no", CANCEL), end("be"),
                     flows="bs f; f a no; f m be; f t be"),
                boundary("d", "x", CANCEL), user("y"), flows="s x e; d y e",
                names="message:pay"),
         "start > a msg:pay@m t@1h; a > y; lost pay > y; wait 2h > y; y > end:e"),
    case("Transaction", "in a transaction is undone with the outer one", "10.3.5 / 10.7.1",
         around(deal(transaction("in", start("i1"), user("a"), undo("a"), end("i2"),
                                 flows=sequence("i1 a i2")), user("b"), end("no", CANCEL),
                     flows="bs in b no"),
                boundary("d", "x", CANCEL), user("y"), flows="s x e; d y e"),
         "start > a; a > b; b > ua; ua > y; y > end:e"),
    case("Transaction", "may be interrupted by other events", "13.5.3",
         around(deal(user("a"), undo("a"), user("b"), end("be"), flows="bs a b be"),
                boundary("m", "x", event("message", "stop")), user("y"), flows="s x e; m y e",
                names="message:stop"),
         "start > a msg:stop@m; a > b msg:stop@m; get stop > y; y > end:e"),
]  # fmt: skip

WRONG = [
    wrong("Cancel Boundary Event", "drawn as not interrupting", "10.5.4",
          around(deal(user("a"), undo("a"), end("no", CANCEL), flows="bs a no"),
                 boundary("d", "x", CANCEL, interrupting=False), user("y"),
                 flows="s x e; d y e"), "event-interrupts@d"),
    wrong("Cancel End Event", "that no boundary event catches", "10.5.3",
          around(deal(user("a"), end("no", CANCEL), flows="bs a no")), "cancel-uncaught@no"),
    wrong("Cancel End Event", "of a repeated transaction", "10.3.5 / 10.5.3",
          around(transaction("x", times("2") + start("bs"), user("a"), end("no", CANCEL),
                             flows=sequence("bs a no")),
                 boundary("d", "x", CANCEL), flows="s x e; d e"), "cancel-repeated@no"),
    wrong("Transaction", "undone by something else than compensation", "10.3.5",
          around(deal(user("a"), end("be"), flows="bs a be").replace(
              'id="x"', 'id="x" method="##Store"')), "transaction-method@x"),
    wrong("Transaction", "with two starts", "10.3.5",
          around(deal(start("b2"), user("a"), end("be"), flows="bs a be; b2 a")),
          "start-several@x"),
]  # fmt: skip

"""Tasks. What each type does, what goes in and out, how often it runs."""

from tests.conformance.drawing import around, receive, send
from tests.conformance.notation import case, wrong
from tests.support.bpmn_builder import (
    end,
    job,
    model,
    node,
    parameters,
    script,
    start,
    user,
    xor,
)
from tests.support.dmn_builder import decision, dmn, table

GRADES = dmn(
    decision("grade", table(["score"], ["mark"], [[">= 8", '"good"'], ["< 8", '"bad"']])),
    decision("sum", table(["score"], ["n"], [["-", "score + 1"]])),
)

CASES = [
    case(
        "User Task", "waits for a person and keeps the values", "10.3.4 / 13.3.3",
        around(user("x"), user("b"), flows="s x b e"),
        "start > x; x n=1 > b; b > end:e",
    ),
    case(
        "User Task", "runs once for every token that arrives", "13.3.1 / 13.3.2",
        model(start(), user("a"), user("b"), user("c"), end(), flows="s a c e; s b c"),
        "start > a b; a > b c; b > c c; c > c; c > end:e",
    ),
    case(
        "User Task", "may be done again when the flow leads back", "13.3.1",
        around(user("x"), xor("g", default="g_e"), flows="s x g; g x : again; g e"),
        "start > x; x again=True > x; x again=False > end:e",
    ),
    case(
        "Manual Task", "is not managed by an engine and holds nothing up", "10.3.3 / 13.3.3",
        around(node("manualTask", "m"), user("x"), flows="s m x e"),
        "start > x; x > end:e",
    ),
    case(
        "Abstract Task", "without a type completes at once", "10.3.3 / 13.3.3",
        around(node("task", "t"), user("x"), flows="s t x e"),
        "start > x; x > end:e",
    ),
    case(
        "Service Task", "waits for the service and takes its answer over", "10.3.3 / 13.3.3",
        around(job("w"), user("x"), flows="s w x e"),
        "start > job:w; done w y=2 > x; x > end:e",
    ),
    case(
        "Service Task", "sends inputs and keeps one result", "10.3.3 / 10.4.2",
        around(job("w", ext=parameters({"k": "${n + 1}"}), resultVariable="r"), user("x"),
               flows="s w x e"),
        'start n=1 > job:w; done w ok=1 > x r={"ok":1}; x > end:e',
    ),
    case(
        "Service Task", "may be an expression", "10.3.3",
        around(node("serviceTask", "w", expression="${n * 2}", resultVariable="m"), user("x"),
               flows="s w x e"),
        "start n=4 > x m=8; x > end:e",
    ),
    case(
        "Service Task", "that breaks down waits for a repair", "13.3.2",
        around(job("w"), flows="s w e"),
        "start > job:w; fail w > job:w incident:w/job; retry w > job:w; done w > end:e",
        "start > job:w; fail w > job:w incident:w/job; done w > end:e",
    ),
    case(
        "Service Task", "with an error nobody catches waits for a decision", "10.5.6 / 13.3.2",
        around(job("w"), flows="s w e"),
        "start > job:w; fail w E1 > job:w incident:w/uncaught_error; cancel > end:-/cancelled",
    ),
    case(
        "Send Task", "sends its message and goes on", "10.3.3 / 13.3.3",
        around(send("w", "bill", ext=parameters({"sum": "${fee * 2}"})), user("x"),
               flows="s w x e", names="message:bill"),
        "start fee=4 > send:bill(sum=8) x; x > end:e",
    ),
    case(
        "Receive Task", "waits for its message and no other", "10.3.3 / 13.3.3",
        around(receive("r", "pay"), user("x"), flows="s r x e", names="message:pay message:other"),
        "start > msg:pay@r; lost other > msg:pay@r; get pay n=3 > x; x > end:e",
    ),
    case(
        "Receive Task", "receives each message once", "10.3.3",
        around(receive("r", "pay"), receive("r2", "pay"), flows="s r r2 e", names="message:pay"),
        "start > msg:pay@r; get pay > msg:pay@r2; get pay > end:e; lost pay > -",
    ),
    case(
        "Script Task", "sets variables and goes on", "10.3.3 / 13.3.3",
        around(script("c", "m = n * 2\nif m > 5:\n    big = True"), user("x"), flows="s c x e"),
        "start n=3 > m=6 big=true x; x > end:e",
        "start n=1 > m=2 x; x > end:e",
    ),
    case(
        "Script Task", "that fails has done nothing and may be tried again", "13.3.2",
        around(script("c", "m = 1\nk = 10 / n"), user("x"), flows="s c x e"),
        "start n=0 > incident:c/expression; set n=5 > incident:c/expression;"
        " retry c > k=2.0 m=1 x",
    ),
    case(
        "Business Rule Task", "asks a decision", "10.3.3 / 13.3.3",
        around(node("businessRuleTask", "r", decisionRef="grade"), user("x"), flows="s r x e"),
        "start score=9 > mark=good x; x > end:e",
        "start score=2 > mark=bad x; x > end:e",
        decisions=(GRADES,),
    ),
    case(
        "Business Rule Task", "keeps one entry under a name", "10.3.3",
        around(node("businessRuleTask", "r", decisionRef="sum", resultVariable="m",
                    mapDecisionResult="singleEntry"), user("x"), flows="s r x e"),
        "start score=9 > m=10 x; x > end:e",
        decisions=(GRADES,),
    ),
    case(
        "Task inputs and outputs", "are local on the way in and named on the way out", "10.4.2",
        around(script("c", "out = inner + 1", ext=parameters({"inner": "${n * 10}"},
                                                              {"m": "${inner + 5}"})),
               user("x"), flows="s c x e"),
        "start n=1 > m=15 out=11 x; x > end:e",
    ),
    case(
        "Task without outgoing flow", "ends its path", "13.2 / 13.3.1",
        model(start(), user("a"), user("b"), end(), flows="s a e; s b"),
        "start > a b; b > a; a > end:e",
        assumes="end-implied",
    ),
]  # fmt: skip

WRONG = [
    wrong("Service Task", "without anybody to do it", "10.3.3",
          around(node("serviceTask", "x")), "service-without-topic@x"),
    wrong("Service Task", "by a class that is not here", "10.3.3",
          around(node("serviceTask", "x", class_="com.x.Y")), "service-implementation@x"),
    wrong("Send Task", "without a message", "10.3.3",
          around(node("sendTask", "x")), "message-missing@x"),
    wrong("Receive Task", "without a message", "10.3.3",
          around(node("receiveTask", "x")), "message-missing@x"),
    wrong("Receive Task", "of an unknown message", "10.3.3 / 8.4.11",
          around(receive("x", "gone")), "reference-missing@x"),
    wrong("Receive Task", "that would create the process", "10.3.3 / 13.2",
          model(node("receiveTask", "x", attrs={"messageRef": "message_m", "instantiate": "true"}),
                user("a"), end(), flows="x a e", names="message:m"), "instantiates@x"),
    wrong("Script Task", "in a foreign language", "10.3.3",
          around(script("x", "println 1", attrs={"scriptFormat": "groovy"})),
          "script-language@x"),
    wrong("Script Task", "without a script", "10.3.3",
          around(node("scriptTask", "x")), "script-missing@x"),
    wrong("Script Task", "that is no script", "10.3.3",
          around(script("x", "import os")), "expression-invalid@x"),
    wrong("Business Rule Task", "without its decision", "10.3.3",
          around(node("businessRuleTask", "x", decisionRef="gone")), "decision-missing@x"),
    wrong("User Task", "given by an expression that is none", "10.3.4",
          around(user("x", assignee="${import os}")), "expression-invalid@x"),
    wrong("Start and completion quantity", "of two tokens for one start", "10.3 / 13.3.2",
          around(user("x", attrs={"startQuantity": "2"})), "quantity@x"),
    wrong("Start and completion quantity", "of two tokens at the end", "10.3 / 13.3.2",
          around(user("x", attrs={"completionQuantity": "2"})), "quantity@x"),
    wrong("Compensation activity", "in the normal flow", "10.7.1",
          around(user("x", attrs={"isForCompensation": "true"})), "compensation-flow@x",
          "compensation-unjoined@x"),
]  # fmt: skip

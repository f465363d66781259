"""Model tests themselves: how they are written, and that each expectation can fail."""

import pytest

from api.offline import tools
from engine.trial.casebook import CasebookError, read
from engine.trial.files import OnTrial
from engine.trial.testing import check
from tests.support.bpmn_builder import (
    catch,
    end,
    event,
    job,
    lanes,
    model,
    start,
    throw,
    timer,
    user,
)

HEAD = "process: p\nat: 2026-03-02T09:00:00+08:00\n"
#: Two user tasks in lanes, a job, a timer and a message, with state, milestone and clock.
DRAWN = model(
    lanes(agent="a", network="b"),
    start(),
    user("a", props={"state": "inProgress", "milestone": "asked", "taskClock": "lease_quote"}),
    job("j", "work"),
    throw("said", event("message", "done")),
    catch("c", timer("PT2H")),
    user("b", props={"unit": "hq"}),
    catch("m", event("message", "news")),
    end(props={"state": "closed"}),
    flows="s a j said c b m e",
    names="message:news message:done",
)
FILES = OnTrial(tools(), {"p.bpmn": DRAWN})


def mismatches(text):
    tests = read((HEAD + text).encode()).tests
    (case,) = tests.cases
    return [mismatch.en for mismatch in check(FILES, tests, case).mismatches]


def case(steps, expect="{}", **more):
    extra = "".join(f"    {key}: {value}\n" for key, value in more.items())
    return f"cases:\n  - name: x\n    expect: {expect}\n{extra}    steps: {steps}\n"


DONE = """{complete: a}, {job: j, answer: {}, expect: {
    timers: {c: 2026-03-02T11:00:00+08:00}, sent: [done], milestones: [asked]}}"""
TO_END = """{complete: A}, {job: work, answer: {gives: {done: true}}}, {pass: PT2H},
    {complete: b, expect: {awaits: [news]}},
    {message: news, with: {y: no}, expect: {ended: e, state: closed, variables: {y: 'no'}}}"""
BROKEN = """{complete: a},
    {job: work, answer: {breaks: It broke.}, expect: {incidents: {j: job}}}"""
RIGHT = [
    ("", "{tasks: [a], state: inProgress, milestones: [], passed: [s], avoided: [a]}"),
    ("", "{tasks: {A: agent}, jobs: [], sent: [], ended: false, variables: {x: null}}"),
    ("", "{clocks: {a: 2026-03-04T09:00:00+08:00}, incidents: {}}"),
    ("{complete: a, with: {x: 1}, expect: {jobs: [work], tasks: [], variables: {x: 1}}}", "{}"),
    (DONE, "{}"),
    ("{complete: a}, {job: work, answer: {}}, {timer: c, expect: {tasks: {b: network@hq}}}", "{}"),
    (TO_END, "{}"),
    (BROKEN, "{}"),
    ("{until: 2026-03-05T09:00:00+08:00, expect: {tasks: [a]}}", "{}"),
]


@pytest.mark.parametrize(("steps", "expect"), RIGHT)
def test_what_is_as_expected_passes(steps, expect):
    assert mismatches(case(f"[{steps}]", expect)) == []


WRONG = [
    ("", "{tasks: []}", 'the open tasks to be [], but it is ["a"]'),
    ("", "{tasks: [a, a]}", "the open tasks"),
    ("", "{tasks: [A, b]}", 'to be ["A","b"], but it is ["A"]'),
    ("", "{clocks: {a: 2026-03-05T09:00:00+08:00}}", "but it is 2026-03-04T09:00:00+08:00"),
    ("", "{tasks: {a: network}}", "the group of a to be network, but it is agent"),
    ("", "{tasks: {a: agent@hq}}", "the group of a to be agent@hq, but it is agent@order"),
    ("", "{jobs: [work]}", "the topics of open jobs"),
    ("", "{awaits: [news]}", "what is awaited"),
    ("", "{sent: [done]}", "what was sent"),
    ("", "{timers: {c: null}}", "the due time of timer c"),
    ("", "{clocks: {a: null}}", "the deadline of a to be null"),
    ("", "{variables: {x: 1}}", "variable x to be 1, but it is null"),
    ("{complete: a, with: {x: 1}, expect: {variables: {x: true}}}", "{}", "variable x to be true"),
    ("", "{state: closed}", "the state to be closed, but it is inProgress"),
    ("", "{milestones: [asked]}", "the milestones"),
    ("", "{passed: [a]}", "the elements not passed"),
    ("", "{avoided: [s]}", "the elements to avoid"),
    ("", "{incidents: {j: job}}", "the incidents"),
    ("{complete: a}, {job: work, answer: {breaks: It broke.}}", "{}", "It broke."),
    ("", "{ended: true}", "its being ended to be true, but it is false"),
    ("", "{ended: e}", "its end event to be e, but it is null"),
    ("{complete: b}", "{}", "'b' to be open, but open are: a (A)."),
    ("{message: nothing}", "{}", "'nothing' to be awaited"),
    ("{signal: nothing}", "{}", "'nothing' to be awaited"),
    ("{timer: c}", "{}", "'c' to be open"),
]


@pytest.mark.parametrize(("steps", "expect", "said"), WRONG)
def test_what_is_otherwise_fails(steps, expect, said):
    (found,) = mismatches(case(f"[{steps}]", expect))
    assert said in found


def test_values_pass_the_form():
    form = b"""{"type": "default", "schemaVersion": 19, "components": [
        {"type": "number", "key": "n", "label": "N", "validate": {"required": true}}]}"""
    drawn = model(start(), user("u", formKey="f"), end(), flows="s u e")
    files = OnTrial(tools(), {"p.bpmn": drawn, "f.form": form})
    tests = read((HEAD + case("[{complete: u}]")).encode()).tests
    (found,) = check(files, tests, tests.cases[0]).mismatches
    assert "n: " in found.en
    assert "应符合表单" in found.zh
    right = read((HEAD + "answers: {u: {n: 3}}\n" + case("[{complete: u}]")).encode()).tests
    assert check(files, right, right.cases[0]).is_right


def test_the_elements_passed_are_told():
    tests = read((HEAD + case("[{complete: a}]")).encode()).tests
    verdict = check(FILES, tests, tests.cases[0])
    assert verdict.passed == {("p", "s"), ("p", "a")}
    assert verdict.step == 0


FAULTS = [
    ("process: p\nat: 2026-03-02T09:00:00+08:00\ncase: []\n", 3, "`case` does not"),
    (HEAD, 1, "Expected the key `cases`, but it is missing"),
    (HEAD + "cases:\n  - name: x\n    steps:\n      - compleet: a\n", 6, "`compleet`"),
    (
        HEAD + "cases:\n  - name: x\n    steps:\n      - complete: 5\n",
        6,
        "Expected a text or nothing, but it is a whole number",
    ),
    (
        HEAD + "cases:\n  - name: x\n    steps:\n      - pass: 4 hours\n",
        6,
        "a length of time such as PT4H",
    ),
    (HEAD + "cases:\n  - name: x\n    steps:\n      - {complete: a, message: b}\n", 6, "one act"),
    (HEAD + "cases:\n  - name: x\n    steps:\n      - {job: a}\n", 6, "together"),
    (HEAD + "cases:\n  - name: x\n    expect: {state: }\n    expected: {}\n", 6, "`expected`"),
    ("at: yesterday\nprocess: p\ncases: []\n", 1, "Expected an instant with its offset"),
    ("process: p\nat: 2026-03-02T09:00:00\ncases: []\n", 2, "with its offset"),
    ("process: [\n", 2, "Expected YAML"),
    ("process: &p p\nat: *p\n", 2, "alias"),
    ("", None, "empty"),
    ("!!python/object:os.system x\n", 1, "constructor"),
    ("\x00", None, "cannot be read"),
]


@pytest.mark.parametrize(("text", "line", "said"), FAULTS)
def test_mistakes_are_told_with_their_line(text, line, said):
    with pytest.raises(CasebookError) as caught:
        read(text.encode())
    assert caught.value.line == line
    assert said in caught.value.reason


def test_words_stay_words():
    tests = read((HEAD + "given: {a: no, b: yes, c: 2026-03-02, d: 09:30, e: 7, f: 1.5, "
                  "g: true, h: null, i: 012}\ncases: []\n").encode()).tests  # fmt: skip
    assert tests.given == {
        "a": "no", "b": "yes", "c": "2026-03-02", "d": "09:30", "e": 7, "f": 1.5,
        "g": True, "h": None, "i": "012",
    }  # fmt: skip

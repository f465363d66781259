"""Random tables against plain Python: the same rows, or the same refusal."""

import operator
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.feel import FeelError, FeelSyntaxError, compile_tests, strict_frame
from engine.workflow.compiler.reading.reader import read
from engine.workflow.compiler.report import Report
from engine.workflow.decisions import read_decisions
from engine.workflow.errors import DecisionError
from tests.support.dmn_builder import decision, dmn, table

NUMBERS = st.integers(-6, 6) | st.sampled_from([0.1, 0.5, -2.5])
TEXTS = st.sampled_from(["a", "b", "c"])
SIGNS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


def matches(cell: str, value: object) -> bool:
    return compile_tests(cell).holds(value, strict_frame(lambda _: None))


@given(NUMBERS, NUMBERS, st.sampled_from("[(]"), st.sampled_from("])["), NUMBERS)
def test_intervals(low, high, opening, closing, value):
    cell = f"{opening}{low}..{high}{closing}"
    exact, least, most = (Decimal(str(one)) for one in (value, low, high))
    if least > most:
        with pytest.raises(FeelError):
            matches(cell, value)
        return
    above = exact >= least if opening == "[" else exact > least
    below = exact <= most if closing == "]" else exact < most
    assert matches(cell, value) is (above and below)
    assert matches(f"not({cell})", value) is not (above and below)


# A cell is its text and what it means, as a function of a value that may be None.
@st.composite
def number_cells(draw):
    kind = draw(st.sampled_from(["-", "=", "sign", "range", "list", "not"]))
    if kind == "-":
        return "-", lambda _: True
    if kind == "sign":
        sign, bound = draw(st.sampled_from(sorted(SIGNS))), draw(NUMBERS)
        return f"{sign} {bound}", lambda n: n is not None and SIGNS[sign](n, bound)
    if kind == "range":
        low, high = sorted([draw(NUMBERS), draw(NUMBERS)])
        return f"[{low}..{high}]", lambda n: n is not None and low <= n <= high
    values = draw(st.lists(NUMBERS, min_size=1, max_size=1 if kind == "=" else 3))
    text = ", ".join(map(str, values))
    if kind == "not":
        return f"not({text})", lambda n: n not in values
    return text, lambda n: n in values


@st.composite
def text_cells(draw):
    values = draw(st.lists(TEXTS, max_size=2))
    text = ", ".join(f'"{one}"' for one in values)
    if not values:
        return "", lambda _: True
    if draw(st.booleans()):
        return f"not({text})", lambda one: one not in values
    return text, lambda one: one in values


ROWS = st.lists(st.tuples(number_cells(), text_cells(), st.integers(1, 3)), max_size=6)
POLICIES = ("UNIQUE", "FIRST", "ANY", "PRIORITY", "RULE ORDER", "OUTPUT ORDER", "COLLECT")


def naive(policy: str, aggregation: str | None, results: list[int]) -> object:
    """What the standard says about the results of the matching rows; None for no answer."""
    if aggregation:
        if aggregation == "COUNT":
            return len(results)
        return {"SUM": sum, "MIN": min, "MAX": max}[aggregation](results) if results else "null"
    if policy == "UNIQUE":
        return results if len(results) <= 1 else None
    if policy == "ANY":
        return results[:1] if len(set(results)) <= 1 else None
    if policy == "FIRST":
        return results[:1]
    ordered = sorted(results, key=[2, 3, 1].index)
    return {"PRIORITY": ordered[:1], "OUTPUT ORDER": ordered}.get(policy, results)


@given(ROWS, st.none() | NUMBERS, st.none() | TEXTS)
def test_random_tables(rows, number, text):
    drawn = [[n_cell, t_cell, str(result)] for (n_cell, _), (t_cell, _), result in rows]
    results = [result for (_, n), (_, t), result in rows if n(number) and t(text)]
    for policy, aggregation in (
        *((policy, None) for policy in POLICIES),
        *(("COLLECT", aggregation) for aggregation in ("SUM", "MIN", "MAX", "COUNT")),
    ):
        body = table(["n:number", "t:string"], ["p:number"], drawn, policy=policy,
                     aggregation=aggregation, order={"p": "2,3,1"})  # fmt: skip
        report = Report()
        made = read_decisions(read(dmn(decision("d", body))), report)["d"]
        assert not report.refusals
        expected = naive(policy, aggregation, results)
        variables = {"n": number, "t": text}
        if expected is None:
            with pytest.raises(DecisionError):
                made.evaluate(variables.get, {})
        elif aggregation:
            assert made.evaluate(variables.get, {}) == (None if expected == "null" else expected)
        else:
            assert made.evaluate(variables.get, {}) == [{"p": result} for result in expected]


@given(ROWS, NUMBERS, TEXTS)
def test_warnings_about_rows_are_true(rows, number, text):
    """A row said to be unreachable is never the first one; without a warning no two overlap."""
    drawn = [[n_cell, t_cell, str(at)] for at, ((n_cell, _), (t_cell, _), _) in enumerate(rows)]
    matching = [at for at, ((_, n), (_, t), _) in enumerate(rows) if n(number) and t(text)]
    for policy in ("FIRST", "UNIQUE"):
        body = table(["n:number", "t:string"], ["p:number"], drawn, policy=policy)
        report = Report()
        read_decisions(read(dmn(decision("d", body))), report)
        found = {one.code for one in report.findings}
        if policy == "FIRST" and matching:
            said = [one.message for one in report.findings if "unreachable" in one.code]
            assert not any(f"all of rule {matching[0] + 1} " in one for one in said)
        if policy == "UNIQUE" and len(matching) > 1 and not negated(rows):
            assert "decision-rules-overlap" in found


def negated(rows) -> bool:
    """Whether overlaps are left to the evaluation: numbers outside of a list are not told."""
    return any(cell.startswith("not(") for (cell, _), _, _ in rows)


WORDS = st.sampled_from(
    '? a b 1 2.5 "x" = != < <= >= + - * / ** ( ) [ ] { } , . .. : @ and or not in between if then'
    ' else for some every return satisfies true null - not( date( count( [1..3] @"P1D"'.split()
)
JSON = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3) | st.lists(
    st.integers(), max_size=2
)  # fmt: skip


@given(st.lists(WORDS, max_size=12).map(" ".join) | st.text(max_size=30), JSON, JSON)
def test_any_text_is_refused_or_answers_true_false_or_says_why_not(cell, value, variable):
    try:
        tests = compile_tests(cell)
    except FeelSyntaxError as refused:
        assert 0 <= refused.position <= max(len(cell), 1)
        return
    try:
        answer = tests.holds(value, strict_frame({"a": variable}.get))
    except FeelError as failed:
        assert failed.zh
        return
    assert isinstance(answer, bool)

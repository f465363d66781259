"""The FEEL subset: what it means, what it refuses, and that it cannot be made to fail."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.feel import FeelSyntaxError, compile_feel

SCOPE = {
    "a": "x",
    "n": 5,
    "f": 0.1,
    "items": [1, 2, 3],
    "customer": {"class": "A", "name": {"zh": "长沙"}},
    "yes": True,
    "no": False,
    "客户": "大客户",
}


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ('= a = "x"', True),
        ('a != "x"', False),
        ("= yes", True),
        ("n = 5.0", True),
        ("yes = 1", False),
        ("nobody", None),
        ("nobody = null", True),
        ('nobody != "x"', True),
        ("nobody < 3", None),
        ('n < "6"', None),
        ("not(yes)", False),
        ("not(nobody)", None),
        ("nobody and no", False),
        ("nobody or yes", True),
        ("nobody or no", None),
        ("no or yes and no", False),
        ('a in ("y", "x")', True),
        ("n in [1..5]", True),
        ("n in [1..5)", False),
        ("n in (5..9]", False),
        ("n in [1, 5]", True),
        ("n between 5 and 6", True),
        ("list contains(items, 2)", True),
        ("list contains(items, n)", False),
        ("list contains(nobody, 2)", None),
        ('contains("大客户", "客")', True),
        ('starts with(a, "x") and ends with(a, "x")', True),
        ('string length("中文")', 2),
        ('upper case(a) + lower case("Y")', "Xy"),
        ("count(items) + sum(items)", 9),
        ("max(items) - min(1, 2)", 2),
        ("floor(2.5) + ceiling(2.5) + abs(-1)", 6),
        ('number("2.50") * 2', 5),
        ("string(2.50)", "2.5"),
        ("is empty([])", True),
        ("is defined(nobody)", False),
        ('customer.class = "A"', True),
        ("customer.name.zh", "长沙"),
        ("customer.name.en.deep", None),
        ("客户", "大客户"),
        ("items[1] + items[-1]", 4),
        ("items[4]", None),
        ("f + 0.2", 0.3),
        ("2 + 3 * 4 ** 2", 50),
        ("(2 + 3) * 4", 20),
        ("-n + 1", -4),
        ("1 / 0", None),
        ("9 ** 1000", None),
        ('"a" + 1', None),
        ('if n > 3 then "many" else "few"', "many"),
        ('if nobody then "many" else "few"', "few"),
        ('date("2026-02-28") < date("2026-03-01")', True),
        ('date("2026-02-30")', None),
        ('date and time("2026-02-28T08:00:00Z")', "2026-02-28T08:00:00+00:00"),
        ('"\\"\\n"', '"\n'),
    ],
)
def test_means(source, value):
    result = compile_feel(source).evaluate(SCOPE)
    assert result == value
    assert type(result) is type(value)


@pytest.mark.parametrize(
    "source",
    [
        "",
        "=",
        "a =",
        "a b",
        "(1",
        "[1",
        "{a 1}",
        "unknown function(1)",
        "count()",
        "count(1, 2)",
        "a.",
        '"open',
        "a; b",
        "__import__('os')",
        "(" * 100 + "1" + ")" * 100,
        "-" * 100 + "1",
        "a or " * 1_000 + "a",
        "if a then b",
        "1..2",
        "not a",
    ],
)
def test_refuses(source):
    with pytest.raises(FeelSyntaxError):
        compile_feel(source)


def test_a_refusal_says_where():
    with pytest.raises(FeelSyntaxError) as refused:
        compile_feel("a = )")
    assert refused.value.position == 4
    assert str(refused.value) == "Expected a value at position 4, but found ')'."


def test_names_are_the_variables_it_reads():
    assert compile_feel("a.b = c and count(d) > 1").names == {"a", "c", "d"}


def test_only_true_is_true():
    assert compile_feel("yes").is_true(SCOPE)
    assert not any(compile_feel(s).is_true(SCOPE) for s in ("n", "a", "nobody", "items"))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner),
    max_leaves=6,
)
WORDS = st.sampled_from(
    'a b c 1 2.5 "x" = != < <= + - * / ** ( ) [ ] , . .. and or not in between if then else'
    " true null count date and time list contains sum max".split()
)


@given(st.lists(WORDS, max_size=14).map(" ".join), st.dictionaries(st.sampled_from("abc"), JSON))
def test_whatever_compiles_evaluates_without_failing(source, scope):
    try:
        expression = compile_feel(source)
    except FeelSyntaxError:
        return
    expression.evaluate(scope)
    expression.is_true(scope)


@given(st.text(max_size=40))
def test_any_text_is_compiled_or_refused(source):
    try:
        compile_feel(source).evaluate(SCOPE)
    except FeelSyntaxError as error:
        assert 0 <= error.position <= len(source)

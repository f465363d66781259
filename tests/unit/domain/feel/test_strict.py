"""Expressions of processes and decisions: a value, or an error where FEEL would hide a mistake.

Read line by line: an expression, ``=>``, and the value as JSON or ``error``. Variables are those
of `SCOPE`.
"""

import json
import operator
import time
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.feel import FeelError, FeelSyntaxError, compile_feel

SCOPE = {
    "n": 5,
    "f": 0.1,
    "text": "abc",
    "yes": True,
    "day": "2026-01-05",
    "at": "2026-01-05T08:00:00+08:00",
    "xs": [1, 2, 3],
    "orders": [{"id": "a", "price": 5}, {"id": "b", "price": 15}, {"id": "c", "price": 25}],
    "customer": {"name": "长沙", "first name": "沙", "address": {"city": "x"}},
    "order size": 4,
    "when": datetime(2026, 1, 5, tzinfo=UTC),
    "on": date(2026, 1, 5),
    "客户": "A",
}
ARITHMETIC = """
0.1 + 0.2                  => 0.3
f * 3                      => 0.3
1 / 3 * 3 > 0.9999999999   => true
10 / 4                     => 2.5
2 ** 3 ** 2                => 64
2 + 3 * 4 - 6 / 2          => 11
-n + 1                     => -4
--n                        => 5
-(2 ** 2)                  => -4
nobody + 1                 => null
n - nobody * 2             => null
n + "x"                    => error
text + 1                   => error
text + "d"                 => "abcd"
text - "c"                 => error
yes + 1                    => error
xs + 1                     => error
1 / 0                      => error
n / (n - 5)                => error
9 ** 65                    => error
10 ** 64 ** 8              => error
-text                      => error
999999999999 * 999999999999 => 999999999998000000000001
1.10                       => 1.1
"""
COMPARISON = """
n > 3 and n <= 5           => true
n = 5.0                    => true
n != 5                     => false
n = "5"                    => error
n < "6"                    => error
yes = 1                    => error
yes = "true"               => error
nobody = null              => true
nobody != null             => false
nobody = 1                 => false
nobody < 1                 => null
null < null                => null
"a" < "b"                  => true
true < false               => error
xs < xs                    => error
xs = [1, 2, 3]             => true
xs = [3, 2, 1]             => false
{a: 1} = {a: 1.0}          => true
n between 1 and 5          => true
n between 6 and nobody     => false
n between 1 and nobody     => null
n between "a" and "b"      => error
n in [1..5)                => false
n in (1, 5)                => true
n in (< 3, > 4)            => true
n in xs                    => false
n in ([1..3], [5..7])      => true
text in ("abc", "x")       => true
text in (1, 2)             => error
n in ]4..5]                => true
n in > 4                   => true
"""
LOGIC = """
yes and n > 9              => false
yes or n > 9               => true
nobody and false           => false
nobody and true            => null
nobody or true             => true
nobody or false            => null
not(yes)                   => false
not(nobody)                => null
not(n)                     => error
n and yes                  => error
yes and n                  => error
false and n                => false
true or n                  => true
if yes then 1 else 2       => 1
if nobody then 1 else 2    => 2
if n then 1 else 2         => error
if n > 3 then if n > 4 then "a" else "b" else "c" => "a"
some x in xs satisfies x > 2 => true
every x in xs satisfies x > 2 => false
some x in [] satisfies x   => false
every x in [] satisfies x  => true
some x in xs, y in xs satisfies x + y = 6 => true
every x in xs satisfies x  => error
some x in n satisfies x    => error
"""
STRUCTURE = """
[]                         => []
[1, "a", null, [2]]        => [1, "a", null, [2]]
{}                         => {}
{a: 1, b: a + 1, "c d": b} => {"a": 1, "b": 2, "c d": 2}
{a: 1}.a                   => 1
{a: {b: 2}}.a.b            => 2
customer.name              => "长沙"
customer.first name        => "沙"
customer.address.city      => "x"
customer.gone.deep         => null
nobody.name                => null
n.name                     => error
text.length                => error
客户 = "A"                 => true
order size + 1             => 5
xs[1]                      => 1
xs[-1]                     => 3
xs[9]                      => null
xs[0]                      => null
xs[n - 3]                  => 2
xs[1.5]                    => error
n[1]                       => error
nobody[1]                  => null
xs[item > 1]               => [2, 3]
xs[item > 9]               => []
orders[price > 10].id      => ["b", "c"]
orders[price > 10][1].id   => "b"
orders[id = "a"].price     => [5]
orders.price               => [5, 15, 25]
orders[price > n * 2].id   => ["b", "c"]
orders[item.price > 10].id => ["b", "c"]
orders[contains(id, "a")].id => ["a"]
orders[price]              => error
xs["a"]                    => error
for x in xs return x * 2   => [2, 4, 6]
for x in 1..3 return x     => [1, 2, 3]
for x in 3..1 return x     => [3, 2, 1]
for x in xs, y in [10, 20] return x * y => [10, 20, 20, 40, 30, 60]
for o in orders return {k: o.id} => [{"k": "a"}, {"k": "b"}, {"k": "c"}]
for x in n return x        => error
for x in 1..3 return for y in 1..x return y => [[1], [1, 2], [1, 2, 3]]
count(for x in xs return x) => 3
for x in 1..1000000 return x => error
for x in 1..999, y in 1..999 return x => error
for x in 1..1.5 return x   => error
"""
TIME = """
date("2026-01-31") + duration("P1M") => "2026-02-28"
date("2024-02-29") - @"P1Y" => "2023-02-28"
date("2026-01-05") + @"P1DT13H" => "2026-01-06"
date("2026-01-05") - @"PT1H" => "2026-01-04"
@"P1D" + date("2026-01-05") => "2026-01-06"
date("2026-03-01") - date("2026-02-01") => "P28D"
date and time("2026-01-05T23:30:00Z") + @"PT1H" => "2026-01-06T00:30:00+00:00"
date and time("2026-01-31T08:00:00") + @"P1M" => "2026-02-28T08:00:00"
@"2026-01-05T08:00:00+08:00" = @"2026-01-05T00:00:00Z" => true
@"2026-01-05T08:00:00@Asia/Shanghai" => "2026-01-05T08:00:00+08:00"
@"2026-01-05T08:00:00@No/Where" = 1 => refused
@"2026-01-05T08:00:00Z" - @"2026-01-05T00:00:00Z" => "PT8H"
@"2026-01-05T08:00:00Z" - @"2026-01-05T00:00:00" => error
time("23:30:00") + @"PT1H" => "00:30:00"
time("08:00:00") - time("07:30:00") => "PT30M"
time("08:00:00Z") < time("09:00:00+08:00") => false
day < date("2026-01-06")   => true
date(day) + @"P1D"         => "2026-01-06"
day + @"P1D"               => error
day < @"P1D"               => error
at > date("2026-01-01")    => error
date and time(at) > @"2026-01-05T00:00:00+08:00" => true
when > @"2026-01-04T00:00:00Z" => true
on + @"P1D"                => "2026-01-06"
date(at)                   => error
date(date and time(at))    => "2026-01-05"
time(date and time(at))    => "08:00:00+08:00"
@"PT90M" = @"PT1H30M"      => true
@"P1D" = @"P1M"            => error
@"P1Y2M" > @"P13M"         => true
@"PT1H" * 2.5              => "PT2H30M"
2 * @"P1M"                 => "P2M"
@"P1Y" / 4                 => "P3M"
@"PT3H" / @"PT1H"          => 3
@"P1Y" / @"P1M"            => 12
@"PT1H" / 0                => error
-@"PT1H"                   => "-PT1H"
-@"P1M"                    => "-P1M"
@"P1D" + @"PT1H"           => "P1DT1H"
@"P1M" + @"PT1H"           => error
@"PT0.5S"                  => "PT0.5S"
@"P1W"                     => "P7D"
@"P0D"                     => "PT0S"
@"P0M"                     => "P0M"
date("2026-01-05").year    => 2026
date("2026-01-05").weekday => 1
@"2026-01-05T08:30:15Z".hour => 8
@"2026-01-05T08:30:15+08:00".time offset => "PT8H"
@"P1DT2H3M4S".hours        => 2
@"P14M".years              => 1
@"P14M".months             => 2
@"-P1DT2H".hours           => -2
date("9999-12-31") + @"P1D" => error
date("9999-12-31") + @"P1M" => error
date(2026, 2, 28)          => "2026-02-28"
date(2026, 2, 30)          => error
time(8, 30, 0)             => "08:30:00"
time(8, 30, 0, @"PT8H")    => "08:30:00+08:00"
time(25, 0, 0)             => error
date and time(date("2026-01-05"), time("08:00:00")) => "2026-01-05T08:00:00"
date and time("2026-01-05") => "2026-01-05T00:00:00"
years and months duration(date("2024-02-29"), date("2026-02-28")) => "P1Y11M"
years and months duration(date("2026-03-01"), date("2025-01-15")) => "-P1Y1M"
day of week(date("2026-01-05")) => "Monday"
day of year(date("2026-02-01")) => 32
week of year(date("2026-01-05")) => 2
month of year(date("2026-01-05")) => "January"
duration("P1Y1D")          => error
duration("PT")             => error
date("2026-1-5")           => error
date("20260105")           => error
date(n)                    => error
date(nobody)               => null
"""
TEXT = """
string length("中文")       => 2
substring("abcdef", 3)     => "cdef"
substring("abcdef", 3, 2)  => "cd"
substring("abcdef", -2)    => "ef"
substring("abc", 0)        => error
substring("abc", 4)        => error
substring("abc", 1, 0)     => error
substring("abc", 1.5)      => error
upper case(text) + lower case("D") => "ABCd"
substring before("foobar", "bar") => "foo"
substring before("foobar", "x") => ""
substring after("foobar", "ob") => "ar"
contains(text, "b")        => true
starts with(text, "a")     => true
ends with(text, "a")       => false
contains(n, "5")           => error
contains(nobody, "5")      => null
split("a,b,c", ",")        => ["a", "b", "c"]
split("a.b", ".")          => error
string join(["a", "b"], "-") => "a-b"
string join(["a", null, "b"]) => "ab"
string join(["a", 1])      => error
trim(" a ")                => "a"
string(1.50)               => "1.5"
string(100)                => "100"
string(0.0000001)          => "0.0000001"
string(true)               => "true"
string(null)               => null
string(date("2026-01-05")) => "2026-01-05"
string(@"PT90M")           => "PT1H30M"
string(xs)                 => error
"n" + string(n)            => "n5"
number("1.5") * 2          => 3
number("1,500.5", ",", ".") => 1500.5
number("1.500,5", ".", ",") => 1500.5
number("1 500", " ", ".")  => 1500
number("1", [], ".")       => error
number("x")                => error
number("1e5")              => error
number("0x1")              => error
number(text)               => error
"a\\u4e2db"                => "a中b"
"a\\\\b"                   => "a\\\\b"
get value({a: 1}, "a")     => 1
get value({a: 1}, "b")     => null
count(get entries({a: 1, b: 2})) => 2
is defined(nobody)         => false
is empty([])               => true
is empty(n)                => error
"""
LISTS = """
count(xs)                  => 3
count(n)                   => error
sum(xs)                    => 6
sum(0.1, 0.2)              => 0.3
sum([])                    => null
sum([1, null])             => null
sum([1, "a"])              => error
sum(["a"])                 => error
sum([@"PT1H", @"PT30M"])   => "PT1H30M"
min(xs)                    => 1
max("a", "b")              => "b"
max(1, "a")                => error
max([])                    => null
min(date("2026-01-05"), date("2026-01-04")) => "2026-01-04"
mean(1, 2)                 => 1.5
median([3, 1, 2])          => 2
median([4, 1, 2, 3])       => 2.5
product(2, 3, 4)           => 24
all([true, null])          => null
all([true, false, null])   => false
any([false, null])         => null
any([false, true])         => true
any([1])                   => error
list contains(xs, 2)       => true
list contains(xs, "2")     => false
list contains([null], null) => true
list contains(n, 1)        => error
sublist(xs, 2)             => [2, 3]
sublist(xs, 1, 2)          => [1, 2]
sublist(xs, -2, 1)         => [2]
sublist(xs, 4)             => error
sublist(xs, 2, 5)          => error
append(xs, 4, 5)           => [1, 2, 3, 4, 5]
concatenate(xs, [4], [])   => [1, 2, 3, 4]
insert before(xs, 1, 0)    => [0, 1, 2, 3]
remove(xs, 2)              => [1, 3]
remove(xs, 9)              => error
reverse(xs)                => [3, 2, 1]
index of([1, 2, 1], 1)     => [1, 3]
union([1, 2], [2, 3])      => [1, 2, 3]
distinct values([1, 1.0, "a", "a"]) => [1, "a"]
flatten([[1, [2]], 3])     => [1, 2, 3]
"""
NUMBERS = """
decimal(2.345, 2)          => 2.34
decimal(2.355, 2)          => 2.36
floor(-1.5)                => -2
ceiling(-1.5)              => -1
floor(1.29, 1)             => 1.2
round up(1.21, 1)          => 1.3
round down(-1.29, 1)       => -1.2
round half up(2.5, 0)      => 3
round half down(2.5, 0)    => 2
decimal(1, 99)             => error
decimal("1", 2)            => error
abs(-3)                    => 3
abs(@"-PT1H")              => "PT1H"
abs("x")                   => error
modulo(10, 3)              => 1
modulo(-10, 3)             => 2
modulo(10, 0)              => error
sqrt(16)                   => 4
sqrt(-1)                   => error
odd(3)                     => true
even(3)                    => false
exp(0)                     => 1
exp(100000)                => error
log(1)                     => 0
log(0)                     => error
"""
TABLES = (ARITHMETIC, COMPARISON, LOGIC, STRUCTURE, TIME, TEXT, LISTS, NUMBERS)
CASES = [
    tuple(part.strip() for part in line.rsplit("=>", 1))
    for table in TABLES
    for line in table.strip().splitlines()
]
NAMES = frozenset({"order size", "first name"})


def outcome(source: str) -> object:
    try:
        return json.dumps(compile_feel(source, NAMES).compute(SCOPE.get), ensure_ascii=False)
    except FeelError as error:
        assert error.zh
        assert "Error" not in str(error)
        return "error"
    except FeelSyntaxError:
        return "refused"


@pytest.mark.parametrize(("source", "expected"), CASES)
def test_means(source, expected):
    if expected not in {"error", "refused"}:
        expected = json.dumps(json.loads(expected), ensure_ascii=False)
    assert outcome(source) == expected


@pytest.mark.parametrize(("source", "expected"), CASES)
def test_in_forms_the_same_or_null(source, expected):
    """The total manner never raises; where the strict one has a value, it has the same or null."""
    try:
        value = compile_feel(source, NAMES).evaluate(SCOPE)
    except FeelSyntaxError:
        return
    if expected not in {"error", "refused", "true", "false"}:
        assert value is None or value == json.loads(expected)


def test_functions_of_the_surroundings():
    instant = datetime(2026, 1, 5, 8, tzinfo=UTC)
    around = {"now": lambda: instant, "today": instant.date, "left": lambda: timedelta(hours=2)}
    known = frozenset(around)
    for source, expected in (
        ('now() + @"PT1H"', "2026-01-05T09:00:00+00:00"),
        ('today() = date("2026-01-05")', True),
        ('left() < @"PT3H"', True),
    ):
        assert compile_feel(source, surroundings=known).compute(SCOPE.get, around) == expected
    with pytest.raises(FeelSyntaxError):
        compile_feel("now()")
    with pytest.raises(FeelError):
        compile_feel("now(1)", surroundings=known).compute(SCOPE.get, around)
    with pytest.raises(FeelError):
        compile_feel("now()", surroundings=known).compute(SCOPE.get, {})


def test_names_are_what_is_read_from_outside():
    read = compile_feel("for x in xs return x + {a: y, b: a}.a + zs[p > item and q].n + some.thing"
                        .replace("some.", "other."))  # fmt: skip
    assert read.names == {"xs", "y", "zs", "p", "q", "other"}
    assert read.doubtful == {"p", "q"}


def test_long_names_win():
    names = frozenset({"a b", "a b c", "b c", "x-y"})
    scope = {"a b c": 1, "a b": 2, "x-y": 3, "x": 9, "y": 4, "a": {"b c": 5}}
    for source, expected in (("a b c", 1), ("a b + 1", 3), ("x-y", 3), ("x - y", 3), ("a.b c", 5)):
        assert compile_feel(source, names).compute(scope.get) == expected
    assert compile_feel("x - y").compute(scope.get) == 5


DOES = {"+": operator.add, "-": operator.sub, "*": operator.mul}
NUMBER = st.integers(-1000, 1000) | st.sampled_from([0.1, 0.25, 1.5, -2.75])


@given(NUMBER, NUMBER, NUMBER, st.sampled_from("+-*"), st.sampled_from("+-*"))
def test_arithmetic_is_decimal_arithmetic(a, b, c, first, second):
    x, y, z = (Decimal(str(value)) for value in (a, b, c))
    if second == "*":
        exact = DOES[first](x, DOES[second](y, z))
    else:
        exact = DOES[second](DOES[first](x, y), z)
    found = compile_feel(f"a {first} b {second} c").compute({"a": a, "b": b, "c": c}.get)
    assert Decimal(str(found)) == exact


@given(st.dates(), st.integers(-3000, 3000))
def test_days_there_and_back(day, days):
    if not date(1900, 1, 1) <= day <= date(2200, 1, 1):
        return
    scope = {"d": day.isoformat(), "n": days}
    there = compile_feel('date(d) + @"P1D" * n').compute(scope.get)
    assert there == (day + timedelta(days=days)).isoformat()
    back = compile_feel('(date(there) - date(d)) / @"P1D"')
    assert back.compute({**scope, "there": there}.get) == days


@given(st.timedeltas(min_value=timedelta(-9999), max_value=timedelta(9999)))
def test_durations_are_written_as_they_are_read(length):
    text = compile_feel("x").compute({"x": length}.get)
    assert compile_feel("duration(t) = x").compute({"t": text, "x": length}.get) is True


def test_values_nested_without_end_are_no_answer():
    deep: list[object] = []
    for _ in range(5_000):
        deep = [deep]
    same = compile_feel("x = y")
    assert same.evaluate({"x": deep, "y": [deep[0]]}) is None
    for source in ("x = y", "x"):
        with pytest.raises(FeelError, match="deeply"):
            compile_feel(source).compute({"x": deep, "y": [deep[0]]}.get)
    assert compile_feel("x").evaluate({"x": deep}) is None


@pytest.mark.parametrize(
    "source",
    [
        "for x in 1..19000 return distinct values(big)", "for x in 1..19000 return count(big)",
        "for x in 1..19000 return bigs[1] = bigs[2]", "for x in big, y in big return x",
        "for x in 1..9000 return sum(big) + max(big)", "big[count(big[item > 1]) > 0]",
        "for x in 1..19000 return string join(texts)", "for x in 1..19000 return union(big, big)",
        "every x in 1..19000 satisfies big = big",
        "for x in 1..19000 return concatenate(big, big)",
    ],
)  # fmt: skip
def test_what_takes_too_long_ends_soon(source):
    big = list(range(1000))
    scope = {"big": big, "bigs": [big, list(big)], "texts": ["x" * 9] * 1000}
    began = time.process_time()
    with pytest.raises(FeelError, match="steps"):
        compile_feel(source).compute(scope.get)
    assert compile_feel(source).evaluate(scope) is None
    assert time.process_time() - began < 3

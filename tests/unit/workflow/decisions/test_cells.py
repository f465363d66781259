"""Unary tests in cells: each matches, does not match, fails, or was refused; never a wrong answer.

The tables are read line by line: a cell, ``=>``, and after ``yes``, ``no`` and ``error`` the
values (JSON) of the column for which it matches, does not match, or has no answer. Variables are
those of `SCOPE`.
"""

import json
from collections.abc import Iterator

import pytest

from engine.domain.feel import FeelError, FeelSyntaxError, compile_tests, strict_frame

SCOPE = {
    "limit": 7,
    "name": "A",
    "day": "2026-01-05",
    "list": [1, 2],
    "rate": 0.1,
    "order": {"size": 4, "items": [{"price": 5}, {"price": 15}]},
    "flag": True,
    "大客户": "A",
}

ANYTHING = """
-            => yes null 1 "x" true [] {}
             => yes null 1 "x" true
"""
VALUES = """
5            => yes 5 5.0 · no 4 6 null · error "5" true [5] {}
-5           => yes -5 · no 5
0            => yes 0 0.0 · no null 1 · error false ""
0.3          => yes 0.3 · no 0.30000000000000004
.5           => yes 0.5
"A"          => yes "A" · no "a" "B" "" null "A " · error 1 true ["A"]
""           => yes "" · no " " null
"a\\"b"      => yes "a\\"b" · no "ab"
"投诉"       => yes "投诉" · no "投"
"-"          => yes "-" · no "x" null
"1"          => yes "1" · no "2" · error 1
"A, B"       => yes "A, B" · no "A" "B"
"[1..3]"     => yes "[1..3]" · no "2"
"not(1)"     => yes "not(1)" · no "1"
true         => yes true · no false null · error "true" 1
false        => yes false · no true null · error 0 "" "false"
null         => yes null · no 0 "" false []
= 5          => yes 5 · no 4 null · error "5"
!= 5         => yes 4 null · no 5 5.0 · error "5"
!= "A"       => yes "B" null · no "A" · error 1
!= null      => yes 1 "" false · no null
2 * 3        => yes 6 · no 5
2 + 2 * 3    => yes 8 · no 12
(2 + 2) * 3  => yes 12
2 ** 3       => yes 8
10 / 4       => yes 2.5
"a" + "b"    => yes "ab" · no "a"
limit        => yes 7 · no 8 null · error "7"
limit + 1    => yes 8 · no 7
-limit       => yes -7 · no 7
name         => yes "A" · no "B" · error 1
大客户       => yes "A" · no "B"
order.size   => yes 4 · no 5
nothing      => yes null · no 1 "x"
nothing + 1  => yes null · no 1
if flag then 1 else 2 => yes 1 · no 2
rate + 0.2   => yes 0.3 · no 0.30000000000000004
"""
COMPARISONS = """
< 5          => yes 4 -1 4.99 · no 5 6 null · error "4" true [1] {}
<= 5         => yes 5 5.0 4 · no 5.001 null · error "5"
> 5          => yes 6 · no 5 4 null · error "6"
>= 5         => yes 5 6 · no 4.999 null · error false
>=5          => yes 5 · no 4
< -1         => yes -2 · no -1 0
> -1         => yes 0 · no -1
< limit      => yes 6 · no 7 null · error "6"
>= limit * 2 => yes 14 · no 13
< nothing    => no 1 null
< order.size => yes 3 · no 4
< "M"        => yes "A" · no "Z" null · error 1
> 0.1 + 0.2  => yes 0.31 · no 0.3
< 1000000000000000000000000000000 => yes 999999999999999999
> 9007199254740992 => yes 9007199254740993 · no 9007199254740992
"""
RANGES = """
[1..10]      => yes 1 5 10 1.5 · no 0 11 0.999 null · error "5" true [5]
(1..10)      => yes 2 9.99 · no 1 10 null
]1..10[      => yes 2 9.99 · no 1 10
(1..10]      => yes 10 · no 1
]1..10]      => yes 10 · no 1
[1..10)      => yes 1 · no 10
[1..10[      => yes 1 · no 10
[-3..-1]     => yes -3 -2 -1 · no 0 -4
[ 1 .. 10 ]  => yes 5
[5..5]       => yes 5 · no 4
(5..5)       => no 5 4
[0.1..0.3]   => yes 0.1 0.3 0.2 · no 0.09
[limit..limit + 3] => yes 7 10 · no 6 11
[1..nothing] => no 0 5
["a".."c"]   => yes "a" "b" "bz" "c" · no "ca" "d" · error 1
[1..3],[7..9] => yes 1 8 · no 5 null · error "x"
[1..3], 5, > 9 => yes 2 5 10 · no 4 9
]1..3[, ]7..9[ => yes 2 8 · no 1 3 7 9
"""
LISTS = """
"A","B"      => yes "A" "B" · no "C" null "A,B" · error 1
"A", "B" , "C" => yes "C" · no "D"
1,2,3        => yes 1 3 · no 4 · error "1"
1, null      => yes 1 null · no 2
["A","B"]    => yes "A" "B" · no "C" null · error 1
[1, 2]       => yes 1 2 [1,2] · no 3 [2,1] [1] []
[]           => yes [] · no 1 "x" null
list         => yes 1 2 [1,2] · no 3 [1]
"A", name    => yes "A" · no "B"
[[1..3], [7..9]] => yes 2 8 · no 5
"A","x,y"    => yes "x,y" · no "x" "y"
< 3, > 7     => yes 2 8 · no 3 7 5 null
"""
NEGATIONS = """
not("A")     => yes "B" null "" · no "A" · error 1
not("A","B") => yes "C" null · no "A" "B"
not(5)       => yes 4 null · no 5 · error "5"
not([1..3])  => yes 0 4 · no 1 3 null · error "2"
not([1..3],[7..9]) => yes 5 · no 2 8
not(< 3)     => yes 3 4 · no 2 null
not(null)    => yes 1 "" · no null
not(true)    => yes false null · no true · error "true"
not(limit)   => yes 6 · no 7
not("A, B")  => yes "A" "B" · no "A, B"
not(]1..3[)  => yes 1 3 · no 2
not([1..3))  => yes 3 · no 1 null
not((1..3], 9) => yes 1 · no 3 9
not((1)) or ? = 1 => error 1 "x" true
not(limit > 3) or ? = 1 => yes 1 · no 2
not(? > 3)   => yes 3 · no 4 null
not(contains(?, "x")) => yes "a" · no "ax" null
not ("A")    => yes "B" · no "A"
"""
CONDITIONS = """
? > 3 and ? < 9 => yes 4 8 · no 3 9 null · error "5"
? > 3 or ? < 1  => yes 4 0 · no 2
? = 5           => yes 5 · no 4 null
? != null       => yes 1 · no null
? in [1..3]     => yes 2 · no 4
? in (1, 5)     => yes 1 5 · no 2
? in (< 2, > 8) => yes 1 9 · no 5
? between 1 and 3 => yes 1 3 · no 4 null
not(?)          => yes false · no true null · error 1
not(? = 1) and ? < 5 => yes 2 · no 1 6
contains(?, "x") => yes "axb" · no "a" null · error 1
starts with(?, "投") => yes "投诉" · no "x"
string length(?) > 3 => yes "abcd" · no "abc" null · error 4
? * 2 = limit + 1 => yes 4 · no 3
count(?) > 1    => yes [1,2] · no [1] null · error 1
list contains(?, "A") => yes ["A"] · no ["B"] [] null · error "A"
?.size > 3      => yes {"size":4} · no {"size":3} {} null · error 1
some x in ? satisfies x > 2 => yes [1,3] · no [1,2] [] · error 1
every x in ? satisfies x > 2 => yes [3,4] [] · no [1,3]
count(?[item > 2]) = 1 => yes [1,3] · no [3,3]
if ? = null then true else ? > 3 => yes null 4 · no 3
upper case(?) = "A" => yes "a" "A" · no "b"
modulo(?, 2) = 0 => yes 4 · no 3
limit > 3       => yes 1 "x" null · error true
limit > 9       => no 1 "x" null · error false
flag            => yes true · no false · error 1
flag and limit > 3 => yes 1 · error true
sum(order.items.price) > 10 => yes 1
count(order.items[price > 10]) = 1 => yes 1
cellInput > 3   => yes 4 · no 3 · error "4"
"""
TIMES = """
date("2026-01-05") => yes "2026-01-05" · no "2026-01-06" null · error 5 "x" "2026-01-05T00:00:00"
@"2026-01-05"   => yes "2026-01-05" · no "2026-01-04"
day             => yes "2026-01-05" · no "2026-01-06"
date(day)       => yes "2026-01-05" · no "2026-01-06"
date(2026, 1, 5) => yes "2026-01-05"
< date("2026-01-05") => yes "2026-01-04" "2025-12-31" · no "2026-01-05" null
< date("2026-01-05") => error 5 true "5.1.2026" "2026-1-4" "2026-02-30"
>= date("2026-01-05") => yes "2026-01-05" · no "2026-01-04"
[date("2026-01-01")..date("2026-01-31")] => yes "2026-01-01" "2026-01-15" "2026-01-31"
[date("2026-01-01")..date("2026-01-31")] => no "2026-02-01" null · error "2026-01-15T08:00:00Z"
(date("2026-01-01")..date("2026-01-31")) => yes "2026-01-02" · no "2026-01-01" "2026-01-31"
not(date("2026-01-05")) => yes "2026-01-06" · no "2026-01-05"
date("2026-01-05"), date("2026-01-07") => yes "2026-01-07" · no "2026-01-06"
< date and time("2026-01-05T08:00:00Z") => yes "2026-01-05T07:59:59Z" "2026-01-05T15:00:00+08:00"
< date and time("2026-01-05T08:00:00Z") => no "2026-01-05T08:00:00+00:00"
< date and time("2026-01-05T08:00:00Z") => error "2026-01-05T07:00:00"
date and time("2026-01-05T08:00:00+08:00") => yes "2026-01-05T00:00:00Z"
date and time("2026-01-05T08:00:00+08:00") => no "2026-01-05T08:00:00Z"
<= @"2026-01-05T08:00:00" => yes "2026-01-05T08:00:00" · no "2026-01-05T08:00:01"
<= @"2026-01-05T08:00:00" => error "2026-01-05T08:00:00Z"
> date(day) + duration("P1M") => yes "2026-02-06" · no "2026-02-05"
date(?).year = 2026 => yes "2026-12-31" · no "2025-01-01" null · error "x" 2026
< duration("PT4H") => yes "PT3H59M" "PT0S" "-PT5H" · no "PT4H" "P1D" · error "P1M" 3 "x"
[duration("P1D")..duration("P3D")] => yes "P1D" "PT36H" "P3D" · no "PT73H"
>= @"P1Y"       => yes "P12M" "P2Y" · no "P11M" · error "P400D"
< time("09:00:00") => yes "08:59:59" · no "09:00:00" · error "9:00" "2026-01-01T08:00:00"
[@"08:00:00"..@"18:00:00"] => yes "08:00:00" "12:30:00" · no "18:00:01"
day of week(date(?)) = "Monday" => yes "2026-01-05" · no "2026-01-06"
"""
TABLES = (
    ANYTHING, VALUES, COMPARISONS, RANGES, LISTS, NEGATIONS, CONDITIONS, TIMES,
)  # fmt: skip


def read(line: str) -> Iterator[tuple[str, object, str]]:
    cell, _, outcomes = line.partition("=>")
    for part in outcomes.split("·"):
        word, _, rest = part.strip().partition(" ")
        rest = rest.strip()
        while rest:
            value, end = json.JSONDecoder().raw_decode(rest)
            yield cell.strip(), value, word
            rest = rest[end:].strip()


CASES = [
    case for table in TABLES for line in table.strip("\n").splitlines() for case in read(line)
]


def test_there_are_enough_cases_of_every_outcome():
    assert len(CASES) >= 400
    assert {word for _, _, word in CASES} == {"yes", "no", "error"}


@pytest.mark.parametrize(("cell", "value", "outcome"), CASES)
def test_cells(cell, value, outcome):
    tests = compile_tests(cell, inputs=frozenset({"cellInput"}))
    try:
        found = "yes" if tests.holds(value, strict_frame(SCOPE.get)) else "no"
    except FeelError as error:
        found = "error"
        assert error.zh
        assert "Error" not in str(error)
    assert found == outcome


REFUSED = """
[1..
1..10
[1..10
..5
[..5]
(1,10)
{1..10}
<
< ,
5,
,5
"A",
"A" "B"
"A" or
a b
A-
not(
not()
not "A"
not("A"
not("A") "B"
-,1
1,-
- 1 2
< 5 and > 3
> 3 < 5
=> 5
=< 5
== 5
<> 5
!5
'A'
“A”
"A
"A”
import os
__import__("os")
lambda: 1
A; B
A | B
A & B
A && B
x -> y
5%
5 % 2
1e5
$x
${x}
#{x}
?>
?.
? >
f(1)
unknown(?)
contains(?)
contains(?, "a", "b")
date()
date and time("x"
@2026-01-01
@"yesterday"
@"2026-02-30"
for x in ? return
some x in ? x > 1
if ? then 1
if ? > 1 then 2 else
[1..10] and
x in
x between 1
x between 1 and
{a: }
{a 1}
{a: 1, a: 2}
matches(?, "a+")
function(x) x
? instance of number
12345678901234567890123456789012345
"""


@pytest.mark.parametrize("cell", REFUSED.strip().splitlines())
def test_what_is_no_unary_test_is_refused(cell):
    with pytest.raises(FeelSyntaxError) as refused:
        compile_tests(cell)
    assert refused.value.zh
    assert 0 <= refused.value.position <= len(cell)


CONSTANT_FAULTS = [
    "[10..1]", '["b".."a"]', '[1.."a"]', '["a"..1]', 'date("2026-02-30")', 'date("5.1.2026")',
    'date and time("x")', 'time("25:00:00")', 'duration("1 day")', 'duration("P1Y1D")',
    '1 + "a"', '"a" * 2', "1 / 0", '-"a"', 'abs("x")', 'sum(["a"])', "9 ** 65", "10 ** 64 ** 64",
    '< date("x")', '[date("2026-02-01")..date("2026-01-01")]', 'date("2026-01-01") + 1',
    'date("2026-01-01") + date("2026-01-01")', "if 1 then 2 else 3", '1 < "a"', "true + 1",
    'number("x")', '[1,2]["a"]', '"abc".length', 'substring("abc", 0)', "date(2026, 13, 1)",
    'max(1, "a")', 'split("a|b", "|")', "for i in 1..100000 return i", "decimal(1, 31)",
    '@"P1D" + @"P1M"', "not(not(1))", "sqrt(-1)", "modulo(1, 0)",
    'not("A"), "B"', "-true",
]  # fmt: skip


@pytest.mark.parametrize("cell", CONSTANT_FAULTS)
def test_what_can_never_have_a_value_is_found_without_one(cell):
    with pytest.raises(FeelError):
        compile_tests(cell).check_constant()

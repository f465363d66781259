"""Reading DMN files: versions, languages, what is refused with its line, what is ignored."""

from datetime import UTC, datetime

import pytest

from engine.domain.rules import RULES
from tests.support.dmn_builder import decision, dmn, literal, table
from tests.unit.workflow.decisions.reader import codes, decisions, evaluate, findings
from tests.unit.workflow.rules.decisions import EXAMPLES

NAMESPACES = [
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
    "http://www.omg.org/spec/DMN/20180521/MODEL/",
    "https://www.omg.org/spec/DMN/20191111/MODEL/",
    "https://www.omg.org/spec/DMN/20211108/MODEL/",
    "https://www.omg.org/spec/DMN/20230324/MODEL/",
]
INSTANT = datetime(2026, 1, 5, 8, tzinfo=UTC)
SIMPLE = dmn(decision("d", table(["n:number"], ["p"], [["> 5", '"x"'], ["<= 5", '"y"']])))
HERE = NAMESPACES[2].encode()


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_versions(namespace):
    assert evaluate(SIMPLE.replace(HERE, namespace.encode()), "d", {"n": 6}) == [{"p": "x"}]


def test_prefixes_and_foreign_elements():
    file = (
        SIMPLE.replace(b"xmlns=", b'xmlns:v="urn:vendor" xmlns:dmn=')
        .replace(b"</", b"</dmn:")
        .replace(b"<", b"<dmn:")
        .replace(b"<dmn:/dmn:", b"</dmn:")
        .replace(b"<dmn:?", b"<?")
        .replace(b"<dmn:rule>", b"<v:rule/><dmn:rule>")
    )
    assert evaluate(file, "d", {"n": 6}) == [{"p": "x"}]


@pytest.mark.parametrize(
    "language",
    ["feel", "FEEL", "S-FEEL", "http://www.omg.org/spec/FEEL/20140401",
     "https://www.omg.org/spec/DMN/20191111/FEEL/", "camunda:feel"],
)  # fmt: skip
def test_languages_that_are_feel(language):
    marked = SIMPLE.replace(
        b"<inputEntry", b'<inputEntry expressionLanguage="%s"' % language.encode()
    )
    assert evaluate(marked, "d", {"n": 6}) == [{"p": "x"}]


@pytest.mark.parametrize("language", ["juel", "groovy", "javascript", "python", "http://x/xpath"])
@pytest.mark.parametrize("element", ["inputEntry", "outputEntry"])
def test_languages_that_are_not(language, element):
    marked = SIMPLE.replace(
        f"<{element}".encode(), f'<{element} expressionLanguage="{language}"'.encode()
    )
    assert codes(marked) == ["decision-language"] * 2


def test_a_plain_name_means_the_same_in_every_language():
    marked = SIMPLE.replace(b"<inputExpression", b'<inputExpression expressionLanguage="juel"')
    assert evaluate(marked, "d", {"n": 6}) == [{"p": "x"}]
    whole = SIMPLE.replace(b"<definitions", b'<definitions expressionLanguage="juel"')
    assert set(codes(whole)) == {"decision-language"}


def test_the_input_may_be_named_in_cells():
    cell = dmn(
        decision("d", table(["n + 1"], ["p"], [["amount > 5", "1"], ["cellInput > 9", "2"]]))
    )
    named = cell.replace(
        b"<input>", b'<input xmlns:c="http://camunda.org/schema/1.0/dmn" c:inputVariable="amount">'
    )
    assert evaluate(named, "d", {"n": 5, "cellInput": 1}) == [{"p": 1}]
    assert evaluate(cell, "d", {"n": 9, "amount": 0}) == [{"p": 2}]


@pytest.mark.parametrize("code", EXAMPLES)
def test_findings_have_a_line_and_speak_both_languages(code):
    for name, file in EXAMPLES[code].items():
        if name.endswith(".dmn"):
            found = [one for one in findings(file) if one.code == code]
            if code == "decision-missing":
                assert not found
                continue
            assert found
            for one in found:
                assert one.line
                assert one.severity == RULES[code].severity
                assert one.message != one.message_zh
                assert "{" not in one.message.replace("{a: 1, b: 2}", "")
                assert not any(word in one.message for word in ("Error", "None", "Traceback"))


def test_everything_wrong_is_told_at_once_with_its_cell():
    rows = [['"a', "1", '"x"'], ["[3..1]", "“b”", "1 +"], ["5", '"y"', '"z"'], ["1"]]
    drawn = table(["n:number", "s"], ["p:number"], rows)
    marked = drawn.replace("<rule>", "\n<rule>").replace("</inputEntry>", "</inputEntry>\n")
    found = findings(dmn(decision("d", marked)))
    assert [(one.code.removeprefix("decision-"), one.line) for one in found] == [
        ("invalid", 2), ("type-mismatch", 4), ("invalid", 5), ("invalid", 6), ("invalid", 7),
        ("type-mismatch", 10), ("table-invalid", 11),
    ]  # fmt: skip
    assert "rule 2, input 's'" in found[3].message
    assert "straight quotes" in found[3].message
    assert "英文双引号" in found[3].message_zh


def test_a_refused_decision_is_still_known_but_gives_nothing():
    broken = dmn(decision("d", literal("1 +")), decision("e", literal("d + 1"), requires=["d"]))
    assert codes(broken) == ["decision-invalid"]


@pytest.mark.parametrize(
    "body",
    [
        "<context/>", "<invocation/>", "<relation/>", "<list/>", "<functionDefinition/>",
        "<conditional/>", "<filter/>",
        '<knowledgeRequirement><requiredKnowledge href="#x"/></knowledgeRequirement>'
        + literal("1"),
        "<literalExpression><importedValues/></literalExpression>",
    ],
)  # fmt: skip
def test_logic_that_is_refused(body):
    assert codes(dmn(decision("d", body))) == ["decision-logic-unsupported"]


def test_what_has_no_meaning_for_the_result_is_left_alone():
    noted = SIMPLE.replace(b"<decisionTable", b"<description>x</description><decisionTable")
    noted = noted.replace(b"<rule>", b"<rule><description>y</description>")
    noted = noted.replace(b"</definitions>", b'<knowledgeSource id="k"/><group/></definitions>')
    assert evaluate(noted, "d", {"n": 6}) == [{"p": "x"}]


@pytest.mark.parametrize(
    ("text", "variables", "expected"),
    [
        ("a + b", {"a": 0.1, "b": 0.2}, 0.3), ('if a > 1 then "x" else "y"', {"a": 2}, "x"),
        ("{total: a * 2, list: [a, a]}", {"a": 2}, {"total": 4, "list": [2, 2]}),
        ("for x in items return x * 2", {"items": [1, 2]}, [2, 4]),
        ("items[price > 10].name", {"items": [{"price": 11, "name": "x"}]}, ["x"]),
        ("gone", {}, None), ("null", {}, None), ("a > null", {"a": 1}, None),
        ('date(a) + duration("P7D")', {"a": "2026-02-25"}, "2026-03-04"),
        ("= a + 1", {"a": 1}, 2),
    ],
)  # fmt: skip
def test_literal_expressions(text, variables, expected):
    assert evaluate(dmn(decision("d", literal(text))), "d", variables) == expected


def test_the_surroundings_of_the_process_may_be_asked():
    file = dmn(decision("d", literal("now() + duration(a)")), decision("e", literal("now() > 1")))
    asked = decisions(file)["d"]
    assert (
        asked.evaluate({"a": "PT1H"}.get, {"now": lambda: INSTANT}) == "2026-01-05T09:00:00+00:00"
    )


def test_hostile_cells_are_refused_or_answered_quickly():
    for text in (
        "(" * 5000, "[" * 5000, "9" * 5000, "-" * 5000, '"' + "a" * 5000, "1+" * 1999 + "1",
        "[1..[1.." * 400, "if " * 1000, "not(" * 500, "a." * 1500 + "a", "{a:" * 900,
        "__import__('os').system('x')", "a.__class__", "for a in 1..9999 return a" * 50,
        "9**64**64**64", '"a"' + '+"a"' * 900, "a[" * 1000, "f(" * 1000,
    ):  # fmt: skip
        codes(dmn(decision("d", literal(text))))
        codes(dmn(decision("d", table(["n"], ["p"], [[text, text]]))))

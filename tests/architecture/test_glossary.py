"""Names of tables, commands and facts are in the glossary, and its words are in the code.

The page of rules about diagrams is that of the catalogue, in both languages.
"""

import re
from typing import Final

import pytest

from engine.domain.commands import Command
from engine.domain.facts import KINDS
from engine.domain.rules import RULES
from engine.domain.rules.page import page
from engine.domain.rules.rule import refused
from engine.handlers import HANDLERS
from engine.store.tables import metadata
from tests.architecture.source import PACKAGES, ROOT, texts

CELL: Final = r"([^|]+)\|"
ROW: Final = re.compile(rf"^\|(?= `){CELL * 4}$")
CHINESE: Final = re.compile(r"[\u4e00-\u9fff]")
FACT: Final = re.compile(r"(?<!\{)\{(\w+)\}")


def glossary(text):
    """Word of the code to its English and Chinese terms and its explanation."""
    return {
        word: tuple(cell.strip() for cell in row.groups()[1:])
        for line in text.splitlines()
        if (row := ROW.match(line))
        for word in re.findall(r"`([^`]+)`", row[1])
    }


GLOSSARY: Final = glossary((ROOT / "docs" / "glossary.md").read_text())


def nouns(kinds):
    """What facts are about: ``task`` of ``task.opened``."""
    return {kind.partition(".")[0] for kind in kinds}


def unexplained(names):
    return sorted(set(names) - GLOSSARY.keys())


def test_every_table_is_explained():
    assert unexplained(metadata.tables) == []


def test_every_command_is_explained():
    assert unexplained(command.__name__ for command in Command.__subclasses__()) == []
    assert set(Command.__subclasses__()) == set(HANDLERS)


def test_what_facts_are_about_is_explained():
    assert unexplained(nouns(KINDS.values())) == []


@pytest.mark.parametrize("word", sorted(GLOSSARY))
def test_every_row_says_it_in_both_languages(word):
    english, zh, told = GLOSSARY[word]
    assert english and told
    assert CHINESE.search(zh)


def test_every_word_is_in_the_code():
    code = "\n".join(
        path.read_text()
        for path in texts()
        if path.relative_to(ROOT).parts[0] in PACKAGES and path.suffix != ".md"
    )
    used = set(re.findall(r"\w+", code))
    assert sorted(word for word in GLOSSARY if word not in used) == []


def test_a_missing_word_is_seen():
    assert unexplained(["task", "spaceship"]) == ["spaceship"]
    assert nouns(["task.opened", "task.claimed"]) == {"task"}
    assert glossary("| `task` | task | 任务 | To do. |") == {"task": ("task", "任务", "To do.")}


def test_the_page_of_rules_is_that_of_the_catalogue():
    assert (ROOT / "docs" / "diagram-rules.md").read_text() == page(), (
        "run: gongdan rules > docs/diagram-rules.md"
    )


def facts_of(text):
    """What a sentence tells besides its subject, which one language may need and another not."""
    return {name.removesuffix("_zh") for name in FACT.findall(text)} - {"subject"}


def unclear(rule):
    """What is missing in the sentences of a rule."""
    found = []
    if not all(CHINESE.search(text) for text in (rule.zh, rule.advice_zh)):
        found.append("Chinese")
    if any(CHINESE.search(text) for text in (rule.en, rule.advice)):
        found.append("English")
    # A reason is a whole sentence.
    ends = (".", "。", "{reason}", "{reason_zh}")
    if not all(text.endswith(ends) for text in (rule.en, rule.zh, rule.advice)):
        found.append("full stop")
    if rule.severity == "refused" and not rule.en.startswith(
        ("Expected ", "'{subject}': {reason}")
    ):
        found.append("expectation")
    if facts_of(rule.en) != facts_of(rule.zh):
        found.append("the same facts")
    return found


@pytest.mark.parametrize("code", RULES)
def test_every_rule_says_the_same_in_both_languages(code):
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", code)
    assert unclear(RULES[code]) == []


def test_an_unclear_rule_is_seen():
    assert len(unclear(refused("Oops {a}", "哎呀", "Stop 吧", "go"))) == 5

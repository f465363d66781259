"""Names of tables, commands and facts are in the glossary, and its words are in the code.

The rules of the compiler are explained likewise in the modelling guide.
"""

import re
from typing import Final

import pytest

from engine.domain.commands import Command
from engine.domain.facts import KINDS
from engine.handlers import HANDLERS
from engine.store.tables import metadata
from engine.workflow.rules import RULES
from tests.architecture.source import PACKAGES, ROOT, texts

CELL: Final = r"([^|]+)\|"
ROW: Final = re.compile(rf"^\|(?= `){CELL * 4}$")
CHINESE: Final = re.compile(r"[\u4e00-\u9fff]")


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


def test_every_rule_of_the_compiler_is_explained():
    guide = (ROOT / "docs" / "modelling.md").read_text()
    cells = re.findall(r"(?m)^\|([^|]+)\|", guide.partition("\n## Findings\n")[2])
    explained = {code for cell in cells for code in re.findall(r"`([^`]+)`", cell)}
    assert sorted(RULES.keys() ^ (explained - {"form-missing", "service-level-missing"})) == []

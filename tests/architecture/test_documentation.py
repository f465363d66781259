"""What a caller or an operator can meet is written down: codes, settings, commands, libraries."""

import argparse
import configparser
import importlib
import inspect
import pkgutil
import re

import pytest

from api.cli import COMMANDS
from engine.errors import EngineError
from forms.messages import MESSAGES
from tests.architecture.source import PACKAGES, ROOT, modules, strings, tree

SETTING = re.compile(r"GONGDAN_[A-Z][A-Z0-9_]*[A-Z0-9]")


def everything():
    """All modules of the engine and the forms, imported."""
    for package in ("engine", "forms"):
        root = importlib.import_module(package)
        for found in pkgutil.walk_packages(root.__path__, f"{package}."):
            if ".migrations." not in found.name:
                yield importlib.import_module(found.name)


def refusals():
    for _ in everything():
        pass
    found, waiting = set(), [EngineError]
    while waiting:
        for error in waiting.pop().__subclasses__():
            found.add(error)
            waiting.append(error)
    return sorted(
        (error for error in found if error.__module__.split(".")[0] in PACKAGES),
        key=lambda error: error.__qualname__,
    )


FAMILIES = {family for family in refusals() if family.__module__ == "engine.errors"}
REFUSALS = [error for error in refusals() if error not in FAMILIES]


def faults(error):
    """What is wrong with an error class."""
    code, template = getattr(error, "code", ""), getattr(error, "template", "")
    found = []
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", code):
        found.append(f"code {code!r} is not snake_case")
    if not template.startswith("Expected ") or not template.endswith("."):
        found.append("the template does not say what was expected")
    if sum(family in error.__mro__ for family in FAMILIES) != 1:
        found.append("it is not of exactly one family")
    if not error.__name__.endswith("Error"):
        found.append("its name does not end in Error")
    return found


def test_there_are_five_families():
    assert {family.__name__ for family in FAMILIES} == {
        "NotFoundError",
        "ConflictError",
        "ForbiddenError",
        "InvalidError",
        "UnavailableError",
    }


@pytest.mark.parametrize("error", REFUSALS, ids=lambda error: error.__qualname__)
def test_every_refusal_has_code_template_and_family(error):
    assert faults(error) == []


def test_a_bad_refusal_is_seen():
    bad = type("Oops", (), {"code": "NotSnake", "template": "Oops"})
    assert len(faults(bad)) == 4


def test_codes_are_unique():
    codes = [error.code for error in REFUSALS]
    assert sorted(codes) == sorted(set(codes))


def words(file):
    """Everything set as code in a document."""
    path = ROOT / "docs" / file
    text = path.read_text() if path.exists() else ""
    return set(re.findall(r"`([^`\s]+)`", text)) | set(re.findall(r"\w[\w-]*", text))


def test_every_error_code_is_documented():
    assert {error.code for error in REFUSALS} - words("errors.md") == set()


def test_every_form_problem_is_documented():
    assert {code.removesuffix("_near") for code in MESSAGES} - words("forms.md") == set()


def settings():
    return {
        setting
        for path in [*modules(), ROOT / "Makefile"]
        for text in (strings(tree(path)) if path.suffix == ".py" else [path.read_text()])
        for setting in SETTING.findall(text)
    }


def test_every_setting_is_documented():
    assert settings() - words("operations.md") == set()


def test_every_command_is_documented():
    text = (ROOT / "docs" / "operations.md").read_text()
    assert {command for command in COMMANDS if f"| `gongdan {command}" not in text} == set()


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_a_module(command):
    module = importlib.import_module(f"api.commands.{command.replace('-', '_')}")
    parser = argparse.ArgumentParser()
    module.arguments(parser)
    assert inspect.getdoc(module.run)
    told = (ROOT / "docs" / "operations.md").read_text()
    options = [action.option_strings[-1] for action in parser._actions if action.option_strings]
    assert [option for option in options if option != "--help" and option not in told] == []


def requirements():
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(ROOT / "setup.cfg")
    listed = [
        parser["options"]["install_requires"],
        *parser["options.extras_require"].values(),
    ]
    return {
        re.split(r"[\[<>=;! ]", line, maxsplit=1)[0].lower()
        for text in listed
        for line in text.split("\n")
        if line.strip()
    }


def test_every_dependency_has_a_reason():
    text = (ROOT / "docs" / "dependencies.md").read_text()
    explained = {cell.strip(" `").lower() for cell in re.findall(r"(?m)^\|([^|]+)\|", text)}
    assert requirements() - explained == set()
    assert "flask" in requirements()


def test_errors_are_documented_in_their_class():
    assert [error for error in REFUSALS if not inspect.getdoc(error)] == []

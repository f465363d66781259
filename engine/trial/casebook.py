"""Reads files of model tests: YAML as of version 1.2, errors with the line they are in."""

from __future__ import annotations

import re
from typing import Any, Final

import msgspec
import yaml
from typing_extensions import override

from engine.trial.cases import ModelTests
from engine.trial.faults import explained

MAX_BYTES: Final = 1_000_000
_UNKNOWN: Final = re.compile(r"unknown field `([^`]+)`")
_STEP: Final = re.compile(r"\.([^.\[]+)|\[(\d+|\.\.\.)\]")


class CasebookError(Exception):
    """The file is no set of model tests.

    Attributes:
        line: Line of the fault, counted from 1, if it is known.
        reason: One English sentence.
    """

    def __init__(self, reason: str, line: int | None = None) -> None:
        self.reason = reason
        self.line = line
        super().__init__(reason)


class Written:
    """Model tests with the places where they were written.

    Args:
        tests: What they say.
        root: The file as a tree of YAML.
    """

    def __init__(self, tests: ModelTests, root: yaml.Node) -> None:
        self.tests = tests
        self._root = root

    def line(self, path: str) -> int:
        """Line of a part such as ``$.cases[0].steps[2]``, counted from 1."""
        return _line(self._root, path, None)


class _Loader(yaml.SafeLoader):
    """Knows texts, numbers, true, false and null: ``no`` is a text, and so is a date."""

    @override
    def compose_node(self, parent: Any, index: Any) -> Any:
        """Refuse aliases: a few lines of them make data without end."""
        if self.check_event(yaml.AliasEvent):
            raise CasebookError("Expected plain YAML, but it uses an alias.", self.line + 1)
        return super().compose_node(parent, index)


_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("null", r"null|~|", ["n", "~", ""]),
    ("bool", r"true|false", list("tf")),
    ("int", r"[-+]?(0|[1-9]\d*)", list("-+0123456789")),
    ("float", r"[-+]?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?", list("-+.0123456789")),
):
    _Loader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(rf"^(?:{_pattern})$"), _first
    )


def read(content: bytes) -> Written:
    """Read a file.

    Raises:
        CasebookError: It is not YAML, or a key or value is wrong.
    """
    if len(content) > MAX_BYTES:
        raise CasebookError(f"Expected at most {MAX_BYTES} bytes, but it has {len(content)}.")
    root, data = _parsed(content)
    try:
        return Written(msgspec.convert(data, ModelTests), root)
    except msgspec.ValidationError as error:
        text, path = explained(error)
        unknown = _UNKNOWN.search(str(error))
        line = _line(root, path, unknown[1] if unknown else None)
        shown = path.removeprefix("$").removeprefix(".")
        raise CasebookError(f"{text}{f' ({shown})' if shown else ''}.", line) from error


def _parsed(content: bytes) -> tuple[yaml.Node, Any]:
    try:
        loader = _Loader(content)
        try:
            root = loader.get_single_node()
            if root is None:
                raise CasebookError("Expected model tests, but the file is empty.")
            return root, loader.construct_document(root)
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        line = None if error.problem_mark is None else error.problem_mark.line + 1
        raise CasebookError(f"Expected YAML, but {error.problem}.", line) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise CasebookError("Expected YAML, but the file cannot be read.") from error


def _line(node: yaml.Node, path: str, unknown: str | None) -> int:
    """Line of the node at a path such as ``$.cases[0].steps[2]``, or of an unknown key in it."""
    for name, position in _STEP.findall(path):
        following = _child(node, name, position)
        if following is None:
            break
        node = following
    if unknown is not None and isinstance(node, yaml.MappingNode):
        for key, _value in node.value:
            if key.value == unknown:
                return int(key.start_mark.line) + 1
    return int(node.start_mark.line) + 1


def _child(node: yaml.Node, name: str, position: str) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == name), None)
    if isinstance(node, yaml.SequenceNode) and position.isdigit():
        found: yaml.Node = node.value[int(position)]
        return found
    return None

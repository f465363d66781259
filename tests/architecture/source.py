"""The source as the architecture tests read it."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
PACKAGES: Final = ("api", "bpmn", "engine", "forms")
#: Never ours, or not written by hand.
SKIPPED: Final = frozenset({"build", "dist", "var", "node_modules", "__pycache__"})
TEXT: Final = frozenset(
    ".py .md .toml .cfg .yaml .yml .json .bpmn .dmn .html .css .js .txt .mako .ini .sh".split()
)


def modules(*packages: str) -> list[Path]:
    """Python files of our packages, all of them by default."""
    return sorted(
        path
        for package in packages or PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if not SKIPPED.intersection(path.relative_to(ROOT).parts)
    )


def texts() -> Iterator[Path]:
    """Every text file of the repository."""
    for path in sorted(ROOT.rglob("*")):
        parts = path.relative_to(ROOT).parts
        is_ours = not SKIPPED.intersection(parts) and not _is_hidden(parts[0])
        if is_ours and path.is_file() and (path.suffix in TEXT or path.name == "Makefile"):
            yield path


def _is_hidden(name: str) -> bool:
    return name.endswith(".egg-info") or (name.startswith(".") and name != ".ci")


def name(path: Path) -> str:
    """Path as shown in messages, from the top of the repository."""
    return path.relative_to(ROOT).as_posix()


def tree(path: Path) -> ast.Module:
    """Parsed source of a file."""
    return ast.parse(path.read_text(), filename=str(path))


def called(node: ast.AST) -> Iterator[tuple[str, int]]:
    """Dotted name and line of every call, e.g. ``session.commit``."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Call):
            yield dotted(inner.func), inner.lineno


def dotted(node: ast.expr) -> str:
    """``a.b.c`` for nested attributes; what is not a name is written ``?``."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else "?"


def strings(node: ast.AST) -> Iterator[str]:
    """Every string constant."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            yield inner.value

"""The drawn processes and decision tables, as files of this package."""

from collections.abc import Mapping
from importlib import resources

__all__ = ["deployment", "diagram"]

_SUFFIXES = (".bpmn", ".dmn")


def diagram(name: str) -> bytes:
    """One file by name, e.g. ``line_lease.bpmn``.

    Raises:
        FileNotFoundError: There is no such diagram or table.
    """
    if name not in _names():
        raise FileNotFoundError(name)
    return (resources.files(__name__) / name).read_bytes()


def deployment() -> Mapping[str, bytes]:
    """All files, by name in alphabetical order; they are published together."""
    return {name: diagram(name) for name in _names()}


def _names() -> list[str]:
    names = (entry.name for entry in resources.files(__name__).iterdir())
    return sorted(name for name in names if name.endswith(_SUFFIXES))

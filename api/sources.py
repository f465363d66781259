"""Files and folders named on the command line, read as deployments."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, Literal

import msgspec

from api.terminal import UsageError
from engine.domain.findings import Finding
from engine.domain.rules import finding
from engine.examination import ENDINGS, MOST_BYTES

#: What is a deployment of its own: everything named, every folder, or every file.
Each = Literal["call", "folder", "file"]
_MEBIBYTE: Final = 2**20


class Source(msgspec.Struct, kw_only=True):
    """One deployment as it lies on disk.

    Attributes:
        files: Content by file name. shown: Path of each file as it was named.
        findings: About files that were not read, because they are too large.
    """

    files: dict[str, bytes] = {}
    shown: dict[str, str] = {}
    findings: list[Finding] = []


def deployments(
    paths: Sequence[Path], each: Each = "call", *, deep: bool = True
) -> Iterator[Source]:
    """Deployments among files and folders.

    Args:
        paths: Files and folders.
        each: What is a deployment of its own.
        deep: Whether folders are searched to the bottom.

    Raises:
        UsageError: A path is not there, cannot be read or holds nothing to deploy; or two files
            of one deployment have the same name.
    """
    # A file that is named twice, in whatever way, is one file.
    named = (file for path in paths for file in _under(path, deep=deep))
    found = list({file.resolve(): file for file in named}.values())
    groups: dict[Path | None, list[Path]] = {}
    for file in found:
        groups.setdefault({"call": None, "folder": file.parent, "file": file}[each], []).append(
            file
        )
    return map(read, groups.values())


def read(files: Iterable[Path]) -> Source:
    """One deployment of these files.

    Raises:
        UsageError: As `deployments`.
    """
    source = Source(files={}, shown={}, findings=[])
    total = 0
    for path in files:
        name = printable(Path(path.name))
        if name in source.shown:
            raise UsageError(
                f"Expected every file name once in a deployment, but {source.shown[name]} "
                f"and {path} have the same; check them with --each folder."
            )
        source.shown[name] = printable(path)
        try:
            size = path.stat().st_size
            total += size
            if total > MOST_BYTES:
                source.findings.append(_too_large(name, size))
            else:
                source.files[name] = path.read_bytes()
        except OSError as error:
            raise UsageError(f"Expected to read {path}, but {error.strerror}.") from error
    return source


def shown(findings: Iterable[Finding], names: Mapping[str, str]) -> list[Finding]:
    """Findings with the paths of their files as they were named."""
    return [msgspec.structs.replace(one, file=names.get(one.file, one.file)) for one in findings]


def printable(path: Path) -> str:
    """A path as text that can be written anywhere, whatever bytes its name has."""
    return os.fsencode(path).decode(errors="replace")


def _under(path: Path, *, deep: bool) -> list[Path]:
    if not path.exists():
        raise UsageError(f"Expected files at {path}, but it does not exist.")
    if not path.is_dir():
        if not path.is_file():
            raise UsageError(f"Expected a file or folder at {path}, but it is neither.")
        if not path.name.endswith(ENDINGS):
            raise UsageError(f"Expected {path} to end in {' or '.join(ENDINGS)}, but it does not.")
        return [path]
    everything = path.rglob("*") if deep else path.iterdir()
    found = sorted(file for file in everything if file.name.endswith(ENDINGS))
    if not found:
        raise UsageError(f"Expected {', '.join(ENDINGS)} at {path}, but there are none.")
    return [file for file in found if file.is_file()]


def _too_large(name: str, size: int) -> Finding:
    most = MOST_BYTES // _MEBIBYTE
    return finding(
        "file-too-large",
        name,
        reason=f"it has {size} bytes and a deployment may have {most} MiB",
        reason_zh=f"它有 {size} 字节，一次部署最多 {most} MiB",
    )

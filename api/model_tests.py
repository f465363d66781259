"""Files of model tests with the deployments they speak of, ready to be run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec

from api.offline import tools
from api.sources import deployments, shown
from api.terminal import UsageError
from engine.trial.casebook import CasebookError, Written, read
from engine.trial.expecting import Mismatch
from engine.trial.files import OnTrial
from engine.trial.testing import Elements, check

_ENDINGS: Final = (".yaml", ".yml")
_REFUSED: Final = Mismatch(
    en="Expected files that can be published, but they are refused.",
    zh="文件应可发布，但被拒绝。",
)


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one case.

    Attributes:
        line: Line of the case in its file. failed_at: Line of the step that failed.
    """

    name: str
    line: int
    mismatches: tuple[Mismatch, ...] = ()
    failed_at: int = 0
    passed: Elements = frozenset()

    @property
    def is_right(self) -> bool:
        """Whether everything was as expected."""
        return not self.mismatches


class Casebook:
    """One file of model tests with its deployment, examined once for all cases.

    Attributes:
        path: The file as it was named.
        refusals: Why its files cannot be published; the cases are not run then.
        elements: Ids of the elements of each process of its deployment.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._written = _written(path)
        self._tests = self._written.tests
        folders = [path.parent / name for name in self._tests.files]
        (source,) = deployments(folders, deep=False)
        self._files = OnTrial(tools(), source.files)
        found = shown([*source.findings, *self._files.findings], source.shown)
        self.refusals = [one for one in found if one.severity == "refused"]
        self.elements: Mapping[str, tuple[str, ...]] = self._files.diagnosis.elements

    @property
    def names(self) -> list[str]:
        """Names of its cases."""
        return [case.name for case in self._tests.cases]

    def results(self) -> Iterator[Result]:
        """Results of all cases, one after the other; all fail if the files are refused."""
        return map(self.result, range(len(self._tests.cases)))

    def result(self, position: int) -> Result:
        """Run one case."""
        case = self._tests.cases[position]
        line = self._written.line(f"$.cases[{position}]")
        if self.refusals:
            return Result(name=case.name, line=line, mismatches=(_REFUSED,), failed_at=line)
        verdict = check(self._files, self._tests, case)
        where = "" if verdict.step is None else f".steps[{verdict.step}]"
        return Result(
            name=case.name,
            line=line,
            mismatches=verdict.mismatches,
            failed_at=self._written.line(f"$.cases[{position}]{where}"),
            passed=verdict.passed,
        )


def casebooks(paths: Sequence[Path]) -> Iterator[Casebook]:
    """All files of model tests among files and folders; folders are searched to the bottom.

    Raises:
        UsageError: A path is not there or holds none, or a file is wrong.
    """
    for path in paths:
        if not path.exists():
            raise UsageError(f"Expected model tests at {path}, but it does not exist.")
        files = [path]
        if path.is_dir():
            files = sorted(file for file in path.rglob("*") if file.suffix in _ENDINGS)
        if not files:
            raise UsageError(
                f"Expected model tests ({', '.join(_ENDINGS)}) in {path}, but there are none."
            )
        yield from map(Casebook, files)


def _written(path: Path) -> Written:
    try:
        return read(path.read_bytes())
    except OSError as error:
        raise UsageError(f"Expected model tests at {path}, but {error.strerror}.") from error
    except CasebookError as error:
        place = f"{path}:{error.line}" if error.line is not None else str(path)
        raise UsageError(f"{place}: {error.reason}") from error

"""The model tests beside the shipped diagrams; each case is one test."""

from functools import cache

import pytest

from api.model_tests import Casebook
from engine.trial.casebook import read
from tests.architecture.source import ROOT
from tests.unit.bpmn.drawing import DIAGRAMS

FOLDER = ROOT / "bpmn" / "tests"
BOOKS = {path.stem: path for path in sorted(FOLDER.glob("*.yaml"))}
CASES = {name: [case.name for case in read(path.read_bytes()).tests.cases]
         for name, path in BOOKS.items()}  # fmt: skip
#: Enough to cover the main path, what is done again, and what ends or warns early.
FEWEST = 3

book = cache(Casebook)


@pytest.mark.parametrize(
    ("name", "position"),
    [
        pytest.param(name, position, id=f"{name}: {case}")
        for name, cases in CASES.items()
        for position, case in enumerate(cases)
    ],
)
def test_case(name, position):
    found = book(BOOKS[name])
    assert found.refusals == []
    assert [mismatch.en for mismatch in found.result(position).mismatches] == []


def test_every_process_has_its_cases():
    assert {name for name, cases in CASES.items() if len(cases) >= FEWEST} == {
        name.removesuffix(".bpmn") for name in DIAGRAMS
    }


def test_the_cases_pass_every_element():
    passed, drawn = set(), set()
    for path in BOOKS.values():
        found = book(path)
        drawn |= {(key, one) for key, elements in found.elements.items() for one in elements}
        passed |= {pair for result in found.results() for pair in result.passed}
    # An error takes its own end event away with the scope; who catches it is passed.
    assert drawn - passed <= {("leased_line_provisioning", "end_cancel_accepted")}

"""Layers, owners of libraries, no cycles, and top-level names that are ours alone."""

import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from importlib.metadata import packages_distributions
from pathlib import Path

import grimp
import pytest

from tests.architecture.source import PACKAGES, ROOT

LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")


def lint(folder):
    return subprocess.run(
        [LINT_IMPORTS, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False
    )


def test_contracts_of_setup_cfg_hold():
    result = lint(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_contracts_can_be_broken(tmp_path):
    """The same contracts over a tree in which the domain imports a handler and SQLAlchemy."""
    (tmp_path / "setup.cfg").write_text((ROOT / "setup.cfg").read_text())
    for package in PACKAGES:
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").touch()
    modules = {
        "handlers/__init__": "",
        "handlers/stepping": "",
        "handlers/process": "import engine.handlers.stepping",
        "ports": "",
        "domain/__init__": "import sqlalchemy, flask, lxml, apscheduler, argon2, re2, "
        "xlsxwriter, engine.handlers",
        "domain/feel/__init__": "",
        "domain/feel/compiled": "",
        "domain/feel/values": "import engine.domain.feel.compiled",
        "secrets": "import argon2",
        "queries": "import sqlalchemy",
        "store": "import sqlalchemy, alembic",
        "workflow/__init__": "import lxml, SpiffWorkflow",
        "workflow/kernel": "",
        "workflow/errors": "import engine.workflow.kernel",
        "workflow/compiler/__init__": "",
        "workflow/compiler/diagnosis": "",
        "workflow/compiler/reading": "import engine.workflow.compiler.diagnosis",
        "scheduler": "import apscheduler",
        "exporting": "import xlsxwriter",
        "errors": "import api",
        "surprise": "",
    }
    for module, source in modules.items():
        path = tmp_path / "engine" / f"{module}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source + "\n")
    forms = {"patterns": "import re2", "pages": "", "rendering": "import forms.pages"}
    for module, source in {**forms, "catalogue": ""}.items():
        (tmp_path / "forms" / f"{module}.py").write_text(source + "\n")
    result = lint(tmp_path)
    assert result.returncode != 0
    assert "0 kept, 14 broken" in result.stdout
    assert "surprise" in result.stdout


def find_cycle(graph):
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return error.args[1]
    return None


def test_no_module_imports_itself_in_a_circle():
    # Imports for annotations alone do not happen at run time; the layers above count them.
    graph = grimp.build_graph(*PACKAGES, cache_dir=None, exclude_type_checking_imports=True)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    assert imports
    cycle = find_cycle(imports)
    assert cycle is None, " -> ".join(cycle or ())


def test_a_circle_is_found():
    assert find_cycle({"a": {"b"}, "b": {"c"}, "c": {"a"}}) is not None
    assert find_cycle({"a": {"b", "c"}, "b": {"c"}}) is None


@pytest.mark.parametrize("package", PACKAGES)
def test_top_level_names_belong_to_us_alone(package):
    """A second distribution owning ``api/`` would silently overwrite ours."""
    assert set(packages_distributions().get(package, ["gongdan"])) == {"gongdan"}

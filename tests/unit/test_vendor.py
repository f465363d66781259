"""What the pages take from others: as recorded, with its licences, and nothing else."""

import hashlib
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
VENDOR = ROOT / "forms" / "pages" / "static" / "vendor"
RECORD = json.loads((VENDOR / "VENDOR.json").read_text())
LICENCES = (VENDOR / "THIRD_PARTY_LICENSES.txt").read_text()
#: Made by the build, so that it cannot hold its own digest.
UNRECORDED = {"forms/pages/static/vendor/VENDOR.json"}


@pytest.mark.parametrize("name", sorted(RECORD["files"]))
def test_a_file_is_the_one_that_was_recorded(name):
    content = (ROOT / name).read_bytes()
    assert hashlib.sha256(content).hexdigest() == RECORD["files"][name]["sha256"]
    assert len(content) == RECORD["files"][name]["bytes"]


def test_nothing_lies_there_that_was_not_recorded():
    present = {path.relative_to(ROOT).as_posix() for path in VENDOR.rglob("*") if path.is_file()}
    assert present - RECORD["files"].keys() == UNRECORDED


@pytest.mark.parametrize("package", RECORD["packages"], ids=lambda one: one["name"])
def test_a_package_has_version_digest_and_licence(package):
    assert package["version"] and package["integrity"].startswith("sha512-")
    heading = f"{package['name']} {package['version']} ({package['licence']})"
    assert heading in LICENCES


def test_the_licence_of_bpmn_io_and_its_watermark_are_kept():
    assert " ".join(LICENCES.split()).count("MUST NOT be removed or changed") == 2
    for name in ("viewer.js", "form-viewer.js"):
        assert "bpmn.io" in (VENDOR / "bpmn-io" / name).read_text()


def test_the_recipe_names_exact_versions_and_no_place_they_came_from():
    recipe = json.loads((ROOT / "tools" / "vendor" / "package.json").read_text())
    locked = json.loads((ROOT / "tools" / "vendor" / "package-lock.json").read_text())
    wanted = {**recipe["dependencies"], **recipe["devDependencies"]}
    recorded = {one["name"]: one["version"] for one in RECORD["packages"]}
    for name, version in wanted.items():
        assert locked["packages"][f"node_modules/{name}"]["version"] == version
        assert recorded.get(name, version) == version
    assert not any("resolved" in one for one in locked["packages"].values())

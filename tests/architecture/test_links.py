"""Documents lead somewhere: every relative link and picture is a file of the repository."""

import re

import pytest

from tests.architecture.source import ROOT, name, texts

LINK = re.compile(r"\]\(([^)\s]+)\)")
DOCUMENTS = [path for path in texts() if path.suffix == ".md"]


def targets(text):
    """Relative targets of the links of a document."""
    return [
        target.partition("#")[0]
        for target in LINK.findall(text)
        if "://" not in target and not target.startswith(("#", "mailto:"))
    ]


@pytest.mark.parametrize("path", DOCUMENTS, ids=name)
def test_every_link_leads_to_a_file(path):
    missing = [
        target for target in targets(path.read_text()) if not (path.parent / target).exists()
    ]
    assert missing == []


def test_every_document_is_in_the_index():
    index = ROOT / "docs" / "README.md"
    listed = {(index.parent / target).resolve() for target in targets(index.read_text())}
    documents = set((ROOT / "docs").rglob("*.md")) - {index}
    assert sorted(name(path) for path in documents - listed) == []


def test_a_link_to_nowhere_is_seen():
    assert targets("[a](b.md#c) [d](https://e.f) [g](#h) ![i](j.png)") == ["b.md", "j.png"]

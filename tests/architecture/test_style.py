"""Nothing is styled, drawn or named in vain: classes, custom properties, icons, templates."""

import re
from pathlib import Path

import pytest

from forms import pages
from tests.architecture.source import modules

PAGES = Path(pages.__file__).parent
STATIC = PAGES / "static"
SHEETS = sorted((STATIC / "css").glob("*.css"))
SCRIPTS = sorted([*(STATIC / "js").glob("*.js"), *(STATIC / "modules").glob("*.js")])
TEMPLATES = sorted((PAGES / "templates").rglob("*.html"))
SPRITE = set(re.findall(r'<symbol id="([^"]+)"', (STATIC / "icons" / "sprite.svg").read_text()))
WORD = re.compile(r"[A-Za-z][\w-]*")
#: Whose pages our style reaches into.
FOREIGN = ("djs-", "htmx-")


COMMENT = {
    ".html": r"(?s)\{#.*?#\}",
    ".css": r"(?s)/\*.*?\*/",
    ".js": r"(?m)^\s*//.*$",
    ".py": r"(?m)^\s*#.*$",
}


def without_comments(file):
    return re.sub(COMMENT[file.suffix], "", file.read_text())


def said():
    """Every word that pages, scripts and the modules behind them could give an element."""
    files = [*TEMPLATES, *SCRIPTS, *modules("forms")]
    return {word for file in files for word in WORD.findall(without_comments(file))}


def composed(name):
    """Whether a page fills in the end of such a word: ``s{{ span }}``, ``is-${state}``."""
    source = " ".join(map(without_comments, [*TEMPLATES, *SCRIPTS]))
    beginning = re.fullmatch(r"(.*-|[a-z]+)(\d+|(?<=-)[a-z]+)", name)
    return beginning is not None and re.search(
        rf"[\s\"'`]{re.escape(beginning[1])}(?:\{{\{{|\$\{{)", source
    )


def classes(sheet):
    selectors = re.sub(r'"[^"]*"|\{[^{}]*\}', " ", without_comments(sheet))
    return set(re.findall(r"\.([A-Za-z][\w-]*)", selectors))


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda file: file.name)
def test_a_class_of_our_style_is_used(sheet):
    ours = {name for name in classes(sheet) - said() if not name.startswith(FOREIGN)}
    assert {name for name in ours if not composed(name)} == set()


def test_a_custom_property_is_set_and_used():
    style = " ".join(map(without_comments, SHEETS))
    used = set(re.findall(r"var\((--[\w-]+)", style))
    assert set(re.findall(r"(--[\w-]+)\s*:", style)) == used


def test_an_icon_of_the_sprite_is_used():
    assert SPRITE - said() == set()


def test_an_icon_that_is_named_is_in_the_sprite():
    named = {
        icon
        for file in TEMPLATES
        for icon in re.findall(r"icon\(['\"]([\w-]+)['\"]", file.read_text())
    } | {
        icon
        for file in modules("forms")
        for icon in re.findall(r"\bicon=\"([\w-]+)\"", file.read_text())
    }
    assert named
    assert named - SPRITE == set()


def test_a_template_is_rendered_included_or_imported():
    source = " ".join(file.read_text() for file in [*TEMPLATES, *modules("forms")])
    names = {file.relative_to(PAGES / "templates").as_posix() for file in TEMPLATES}
    assert {name for name in names if f'"{name}"' not in source and f"'{name}'" not in source} == (
        set()
    )


def test_what_is_in_vain_is_found(tmp_path):
    sheet = tmp_path / "x.css"
    sheet.write_text("/* .old */ .card, .sorry7:hover, .is-2 .s4 { color: var(--x.y) }")
    found = classes(sheet) - said()
    assert found == {"sorry7", "is-2", "s4"}
    assert {name for name in found if not composed(name)} == {"sorry7"}

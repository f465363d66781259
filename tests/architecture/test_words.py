"""No word a reader sees is left in the other language: pages, forms, diagrams."""

from __future__ import annotations

import json
import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po
from lxml import etree

import bpmn
import forms
from forms import pages

PAGES = Path(pages.__file__).parent
TEMPLATES = sorted((PAGES / "templates").rglob("*.html"))
MODULES = sorted(PAGES.rglob("*.py"))
CATALOGUES = sorted((PAGES / "translations" / "zh").glob("*.po"))
KEYWORDS = {
    "_": None,
    "gettext": None,
    "mark": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
}
CHINESE = re.compile(r"[\u3400-\u9fff]")
LATIN = re.compile(r"[A-Za-z]{2,}")
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")
#: Attributes people read or hear.
TOLD = {"aria-label", "title", "alt", "placeholder", "aria-description"}
#: What is the same in both languages, and names of the languages themselves.
SAME = {"Ctrl", "Enter", "Esc", "English", "中文", "CSV", "XLSX", "PDF", "Shift", "Tab"}
#: Translations without a Chinese character that are right so.
AS_IT_IS = re.compile(r"(?:CSV|XLSX|VPDN|MPLS|VPN|BPMN|API|ID|IP|Excel|%\(\w+\)[sd]|[\W\d_])*")


def messages(file: Path) -> list[tuple[str | None, str | tuple[str, ...]]]:
    """Context and message of each translatable string of a file."""
    is_template = file.suffix == ".html"
    method = "jinja2.ext:babel_extract" if is_template else "python"
    options = {"extensions": "jinja2.ext.i18n", "newstyle_gettext": "true", "silent": "false"}
    found = extract_from_file(
        method,
        file,
        keywords=KEYWORDS,
        options=options if is_template else {},
        strip_comment_tags=True,
    )
    return [(context, message) for _, message, _, context in found]


def catalogue(file: Path) -> Catalog:
    with file.open("rb") as source:
        return read_po(source, locale="zh_Hans_CN")


def wanted() -> set[tuple[str | None, str]]:
    return {
        (context, message if isinstance(message, str) else message[0])
        for file in [*TEMPLATES, *MODULES]
        for context, message in messages(file)
        if message
    }


def translated() -> dict[tuple[str | None, str], list[tuple[str, str]]]:
    """Translations by context and message, each with its file."""
    found: dict[tuple[str | None, str], list[tuple[str, str]]] = {}
    for file in CATALOGUES:
        for message in catalogue(file):
            if not message.id or message.fuzzy:
                continue
            key = message.id if isinstance(message.id, str) else message.id[0]
            text = message.string if isinstance(message.string, str) else message.string[0]
            found.setdefault((message.context, key), []).append((file.name, text))
    return found


def test_every_message_of_the_pages_has_a_chinese_one():
    missing = sorted(wanted() - translated().keys(), key=str)
    assert missing == []


def test_every_translation_is_used_and_means_one_thing():
    known = translated()
    unused = sorted(known.keys() - wanted(), key=str)
    assert unused == []
    double = {key: found for key, found in known.items() if len({text for _, text in found}) > 1}
    assert double == {}


def test_translations_are_chinese_and_keep_the_parameters():
    wrong = []
    for (_, message), found in translated().items():
        for file, text in found:
            is_told = CHINESE.search(text) or AS_IT_IS.fullmatch(text)
            if (
                not is_told
                or Counter(PLACEHOLDER.findall(text)).keys()
                - Counter(PLACEHOLDER.findall(message)).keys()
            ):
                wrong.append((file, message, text))
    assert wrong == []


class Told(HTMLParser):
    """Words of a template that stand there as such."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.words += [value for name, value in attrs if name in TOLD and value]

    def handle_data(self, data):
        self.words.append(data)


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.relative_to(PAGES).as_posix())
def test_a_template_has_no_words_of_its_own(file):
    source = file.read_text()
    plain = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", " ", source, flags=re.DOTALL)
    # A macro may give only attributes.
    plain = re.sub(
        r"(?<=[\s>])aria-[a-z]+=\"[^\"<>]*\"(?=\s*(?:<|$))", " ", plain, flags=re.MULTILINE
    )
    told = Told()
    told.feed(plain)
    words = {
        word for text in told.words for word in re.findall(r"[A-Za-z]{2,}|[\u3400-\u9fff]+", text)
    }
    assert words - SAME == set()


@pytest.mark.parametrize(
    "file", sorted((PAGES / "static" / "js").glob("*.js")), ids=lambda f: f.name
)
def test_a_script_brings_no_words(file):
    code = re.sub(r"//.*|/\*.*?\*/", "", file.read_text(), flags=re.DOTALL)
    assert not CHINESE.search(re.sub(r"//.*", "", file.read_text()))
    # A sentence in a literal: two words with a blank between, the first with a capital.
    assert re.findall(r"[\"'`][A-Z][a-z]+ [a-z]+[^\"'`]*[\"'`]", code) == []


FORMS = sorted((Path(forms.__file__).parent / "definitions").glob("*.json"))


@pytest.mark.parametrize("file", FORMS, ids=lambda file: file.stem)
def test_a_form_has_both_languages(file):
    gaps = []

    def look(component, path):
        shown = component.get("label") or component.get("dateLabel")
        english = component.get("properties", {}).get("label:en")
        if shown and (not english or CHINESE.search(english)):
            gaps.append((path, "label", shown))
        for name in ("description", "text"):
            if component.get(name) and not component.get("properties", {}).get(f"{name}:en"):
                gaps.append((path, name, component[name]))  # noqa: PERF401
        for option in component.get("values", []):
            if isinstance(option, dict) and not option.get("label:en"):
                gaps.append((path, "option", option.get("label")))  # noqa: PERF401
        for inner in component.get("components", []):
            look(inner, f"{path}/{inner.get('key') or inner.get('type')}")

    for component in json.loads(file.read_text())["components"]:
        look(component, component.get("key") or component["type"])
    assert gaps == []


DIAGRAMS = sorted(Path(bpmn.__file__).parent.glob("*.bpmn"))
#: Elements people meet by name.
NAMED = {
    "process", "userTask", "manualTask", "serviceTask", "scriptTask", "businessRuleTask",
    "sendTask", "receiveTask", "callActivity", "subProcess", "startEvent", "endEvent",
    "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent", "exclusiveGateway",
    "lane",
}  # fmt: skip


@pytest.mark.parametrize("file", DIAGRAMS, ids=lambda file: file.stem)
def test_a_diagram_has_both_languages(file):
    gaps = []
    for element in etree.parse(file).iter():
        if not isinstance(element.tag, str):
            continue
        name = element.get("name")
        if etree.QName(element).localname not in NAMED or not name or not CHINESE.search(name):
            continue
        english = [
            found.get("value")
            for found in element.xpath(
                "*[local-name()='extensionElements']//*[local-name()='property'][@name='name:en']"
            )
        ]
        if not english or CHINESE.search(english[0] or ""):
            gaps.append((element.get("id"), name))
    assert gaps == []

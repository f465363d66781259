"""Hostile files are refused fast, with little memory, and whatever they contain."""

import json
import logging
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from engine.domain.rules import RULES
from engine.workflow.kernel import SpiffKernel
from tests.support.attacks import ATTACKS
from tests.support.kernel_world import Library

ROOT = Path(__file__).parents[3]
#: Processor seconds; what no limit of size stops are diagrams of 20,000 elements.
SECONDS = 1.0
LARGE_SECONDS = 12.0
LARGE = frozenset(
    {"20,000 loose nodes", "one id for all", "5,000 processes", "20,000 event definitions",
     "20,000 flows of one gateway"}
)  # fmt: skip
FUZZED = 3000
FUZZED_SECONDS = 1.0


@pytest.fixture(scope="module")
def answers():
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.attacks"],
        cwd=ROOT, capture_output=True, check=True, timeout=240,
    )  # fmt: skip
    return json.loads(done.stdout)


@pytest.mark.parametrize("name", ATTACKS)
def test_attacks_are_refused_fast_in_bounded_memory(answers, name):
    seconds, rules = answers[name]
    expected = ATTACKS[name][0]
    assert expected in rules if expected else rules == []
    assert seconds < (LARGE_SECONDS if name in LARGE else SECONDS)


WORDS = (
    "<", ">", "</", "/>", "<a", "<a>", "</a>", "<bpmn:process id='p'>", "</bpmn:process>", "&",
    "&#",
    "&#x0;", "&#x10FFFF;", "&amp;", "<![CDATA[", "]]>", "<!--", "-->", "<?", "?>", "<?xml ",
    "version='1.0'", " encoding='", "utf-8'", "gbk'", "utf-16'", "<!DOCTYPE a [", "<!ENTITY",
    "%x;", "'",
    '"', "=", " ", "\n", "\r", "\t", "\x00", "\x01", "\ufeff", "\ufffe", "合", "𝄞", "\u0085",
    "xmlns=",
    "xmlns:bpmn='http://www.omg.org/spec/BPMN/20100524/MODEL'", "id='a'", "bpmn:", ":", "a" * 2000,
    "<bpmn:definitions xmlns:bpmn='http://www.omg.org/spec/BPMN/20100524/MODEL'>",
    "<bpmn:userTask id='u'/>", "<bpmn:startEvent id='s'/>", "${", "}", "(" * 50,
)  # fmt: skip
OPENED = "<bpmn:definitions xmlns:bpmn='http://www.omg.org/spec/BPMN/20100524/MODEL'>"
CODECS = ("utf-8", "utf-8", "utf-8", "utf-16", "utf-16-be", "utf-32", "gb18030")


def fuzz(chance: random.Random) -> bytes:
    """A file of noise: bytes, or words of XML in some encoding."""
    if chance.random() < 0.3:
        return chance.randbytes(chance.randrange(300))
    text = "".join(chance.choices(WORDS, k=chance.randint(1, 40)))
    if chance.random() < 0.5:
        text = f"{OPENED}{text}</bpmn:definitions>"
    return text.encode(chance.choice(CODECS), "replace")


def test_noise_is_refused_whatever_it_is():
    kernel = SpiffKernel(Library())
    logging.disable(logging.ERROR)
    try:
        seen = set()
        for seed in range(FUZZED):
            data = fuzz(random.Random(seed))
            before = time.process_time()
            diagnosis = kernel.diagnose({"f.bpmn": data})
            assert time.process_time() - before < FUZZED_SECONDS, seed
            assert diagnosis.is_refused, seed
            seen |= {one.code for one in diagnosis.findings}
    finally:
        logging.disable(logging.NOTSET)
    assert seen <= RULES.keys()
    assert seen >= {"xml-malformed", "file-unknown", "encoding-unknown", "process-none"}

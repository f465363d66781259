"""Texts with values in them."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.forms import FormBrokenError
from forms.wording import MAX_ITEMS, MAX_TEXT, compile_wording

SCOPE = {
    "name": "华星银行",
    "n": 3,
    "half": 0.5,
    "yes": True,
    "rows": [{"model": "PTN", "count": 2}, {"model": "OLT", "count": 1}],
    "words": ["a", "b"],
}


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("", ""),
        ("plain", "plain"),
        ("{{name}}", "华星银行"),
        ("客户 {{ name }}，共 {{n + 1}} 条", "客户 华星银行，共 4 条"),
        ('= name + "！"', "华星银行！"),
        ("= n", "3"),
        ("{{half}} {{n}} {{yes}}", "0.5 3 true"),
        ("{{nobody}}.", "."),
        ("{{}}x", "x"),
        ("{{words}}", "a, b"),
        ("{{#if n > 2}}many{{/if}}", "many"),
        ("{{#if n > 3}}many{{/if}}few", "few"),
        ("{{#if nobody}}x{{/if}}", ""),
        ("{{#loop words}}[{{this}}]{{/loop}}", "[a][b]"),
        ("{{#loop rows}}{{model}}×{{count}} {{name}};{{/loop}}",
         "PTN×2 华星银行;OLT×1 华星银行;"),
        ("{{#loop rows}}\n- {{model}}\n{{/loop}}\nend", "- PTN\n- OLT\nend"),
        ("{{#loop rows}}{{#if count > 1}}{{model}}{{/if}}{{/loop}}", "PTN"),
        ("{{#loop nobody}}x{{/loop}}", ""),
        ("{{#loop n}}{{this}}{{/loop}}", "3"),
        ("{ {name} }", "{ {name} }"),
    ],
)  # fmt: skip
def test_values_in_texts(source, text):
    assert compile_wording(source).written(SCOPE) == text


@pytest.mark.parametrize(
    "source",
    ["= (", "{{ 1 + }}", "{{#if n}}", "{{#loop rows}}{{/if}}", "a{{/loop}}",
     "{{#if a}}" * 6 + "{{/if}}" * 6],
)  # fmt: skip
def test_what_cannot_be_written_is_refused(source):
    with pytest.raises(FormBrokenError):
        compile_wording(source)


def test_values_are_escaped_and_the_text_is_not():
    wording = compile_wording("<b>{{name}}</b>")
    assert wording.written({"name": "<i>"}, lambda text: text.replace("<", "&lt;")) == (
        "<b>&lt;i></b>"
    )


def test_no_text_grows_without_bounds():
    loops = compile_wording(f"{'{{#loop xs}}' * 3}0123456789{'{{/loop}}' * 3}")
    assert len(loops.written({"xs": list(range(500))})) == MAX_TEXT
    one = compile_wording("{{#loop xs}}.{{/loop}}")
    assert len(one.written({"xs": list(range(500))})) == MAX_ITEMS


@given(st.text(alphabet="{}#/iflop =an+1\n", max_size=40))
def test_reading_ends_well_or_with_a_refusal(source):
    with contextlib.suppress(FormBrokenError):
        assert isinstance(compile_wording(source).written({"a": 1}), str)

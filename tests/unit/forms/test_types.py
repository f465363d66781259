"""What each type of component accepts and what it makes of it."""

import json
from zoneinfo import ZoneInfo

import pytest

from engine.domain.forms import FormInvalidError
from forms.catalogue import FormJsCatalogue
from tests.unit.forms.builders import FixedClock, clean, field, form, options, problems

AMOUNT = form(field("number", "v", decimalDigits=2, validate={"min": 0, "max": 10}))
EXACT = form(field("number", "v", serializeToString=True, decimalDigits=2))
STEP = form(field("number", "v", increment=0.1))
DATE = form(field("datetime", "v", subtype="date"))
TIME = form(field("datetime", "v", subtype="time"))
INSTANT = form(field("datetime", "v", subtype="datetime"))
FUTURE = form(field("datetime", "v", subtype="date", disallowPassedDates=True))
TEXT = form(field("textfield", "v"))
AREA = form(field("textarea", "v"))
EMAIL = form(field("textfield", "v", validate={"validationType": "email"}))
PHONE = form(field("textfield", "v", validate={"validationType": "phone"}))
LENGTH = form(field("textfield", "v", validate={"minLength": 2, "maxLength": 4}))
CHINESE = form(field("textfield", "v", validate={"pattern": "^[\\u4e00-\\u9fa5]{2,}$"}))
BOX = form(field("checkbox", "v"))
SELECT = form(field("select", "v", values=options("a", "b", 1)))
MANY = form(field("checklist", "v", values=options("a", "b", 1)))
FILES = form(field("filepicker", "v", multiple=True))
FILE = form(field("filepicker", "v"))


@pytest.mark.parametrize(
    ("definition", "posted", "kept"),
    [
        (TEXT, "  大客户 ", "大客户"),
        (TEXT, "   ", None),
        (TEXT, "", None),
        (TEXT, None, None),
        (AREA, "一\r\n二\r三 \n", "一\n二\n三"),
        (AMOUNT, 3.0, 3),
        (AMOUNT, 9.99, 9.99),
        (AMOUNT, 0, 0),
        (AMOUNT, "", None),
        (EXACT, "12345678901234567890.25", "12345678901234567890.25"),
        (EXACT, 2.5, "2.5"),
        (STEP, 0.3, 0.3),
        (DATE, "2024-02-29", "2024-02-29"),
        (TIME, "08:30", "08:30"),
        (TIME, "08:30:00+08:00", "08:30+08:00"),
        (INSTANT, "2026-11-21T08:30", "2026-11-21T00:30:00Z"),
        (INSTANT, "2026-11-21T08:30:15+01:00", "2026-11-21T07:30:15Z"),
        (FUTURE, "2026-11-22", "2026-11-22"),
        (EMAIL, "wang.li@branch-1.example.cn", "wang.li@branch-1.example.cn"),
        (LENGTH, "四个汉字", "四个汉字"),
        (CHINESE, "长沙", "长沙"),
        (BOX, False, False),
        (SELECT, 1, 1),
        (MANY, ["b", 1], ["b", 1]),
        (MANY, [], []),
        (FILES, [7, "a-1"], [7, "a-1"]),
    ],
)
def test_accepts(definition, posted, kept):
    result = clean(definition, {"v": posted})
    assert result == {"v": kept}
    assert type(result["v"]) is type(kept)
    assert json.loads(json.dumps(result)) == result


@pytest.mark.parametrize(
    ("definition", "posted", "code"),
    [
        (TEXT, 5, "text_expected"),
        (TEXT, "a\nb", "control_characters"),
        (TEXT, "a\x00", "text_invalid"),
        (TEXT, "\ud800", "text_invalid"),
        (AREA, ["a"], "text_expected"),
        (AREA, "x" * 10_001, "too_long"),
        (AMOUNT, "3", "number_expected"),
        (AMOUNT, True, "number_expected"),
        (AMOUNT, float("nan"), "magnitude"),
        (AMOUNT, float("inf"), "magnitude"),
        (AMOUNT, 1e300, "magnitude"),
        (AMOUNT, 10**400, "magnitude"),
        (AMOUNT, 1.005, "too_many_decimals"),
        (AMOUNT, -0.01, "too_small"),
        (AMOUNT, 10.01, "too_large"),
        (EXACT, "1e5", "number_text_expected"),
        (EXACT, "一", "number_text_expected"),
        (EXACT, "0.123", "too_many_decimals"),
        (STEP, 0.35, "step"),
        (DATE, "2026-02-30", "date_impossible"),
        (DATE, "2026-13-01", "date_impossible"),
        (DATE, "21.11.2026", "date_format"),
        (DATE, "2026-11-21T00:00:00Z", "date_format"),
        (DATE, 20261121, "date_format"),
        (DATE, "0026-11-21", "date_range"),
        (INSTANT, "9999-12-31T23:59-14:00", "date_range"),
        (INSTANT, "1900-01-01T00:00+14:00", "date_range"),
        (DATE, "٢٠٢٦-11-21", "date_format"),
        (TIME, "24:01", "time_impossible"),
        (TIME, "8:30", "time_format"),
        (INSTANT, "2026-02-30T08:30", "date_impossible"),
        (INSTANT, "2026-02-28T08:61", "time_impossible"),
        (INSTANT, "2026-02-28", "datetime_format"),
        (INSTANT, "2026-02-28 08:30", "datetime_format"),
        (FUTURE, "2026-11-21", "date_past"),
        (EMAIL, "wang.li@localhost", "email"),
        (EMAIL, "a b@example.com", "email"),
        (PHONE, "4711", "phone"),
        (PHONE, "1380013800", "phone"),
        (LENGTH, "一", "too_short"),
        (LENGTH, "12345", "too_long"),
        (CHINESE, "Changsha", "pattern"),
        (BOX, 1, "boolean_expected"),
        (BOX, "true", "boolean_expected"),
        (SELECT, "c", "option_unknown"),
        (SELECT, True, "option_unknown"),
        (SELECT, ["a"], "option_unknown"),
        (MANY, "a", "list_expected"),
        (MANY, ["a", "z"], "option_unknown"),
        (MANY, ["a", "a"], "duplicate"),
        (FILES, 7, "attachment_expected"),
        (FILES, [-1], "attachment_expected"),
        (FILES, ["../x"], "attachment_expected"),
        (FILES, [7, 7], "duplicate"),
        (FILE, [7, 8], "too_many_files"),
    ],
)
def test_refuses(definition, posted, code):
    assert problems(definition, {"v": posted}) == {"v": [code]}


@pytest.mark.parametrize(
    "number",
    [
        "13800138000",
        "+86 138 0013 8000",
        "0086-19912345678",
        "010-62345678",
        "0731-88888888",
        "(0731) 8888888",
        "0731-8888888x123",
        "021-58881234转8001",
        "400-810-1234",
        "95105",
        "10010",
        "+44 20 7946 0958",
    ],
)
def test_telephone_numbers_as_written_in_china(number):
    assert problems(PHONE, {"v": number}) == {}


BERLIN = FormJsCatalogue(FixedClock(), ZoneInfo("Europe/Berlin"))


def test_wall_time_skipped_by_summer_time_is_refused_by_name():
    with pytest.raises(FormInvalidError) as refused:
        BERLIN.validate(INSTANT, {"v": "2026-03-29T02:30"}, variables={})
    (found,) = refused.value.problems["v"]
    assert found.code == "datetime_skipped"
    assert "2026-03-29T02:30" in found.en
    assert "Europe/Berlin" in found.zh


def test_wall_time_that_comes_twice_is_the_first():
    cleaned = BERLIN.validate(INSTANT, {"v": "2026-10-25T02:30"}, variables={})
    assert cleaned == {"v": "2026-10-25T00:30:00Z"}


@pytest.mark.parametrize(
    ("serializing", "written"),
    [
        ("utc_normalized", "2026-11-21T00:30:00Z"),
        ("utc_offset", "2026-11-21T08:30:00+08:00"),
        ("no_timezone", "2026-11-21T08:30:00"),
    ],
)
def test_instants_are_written_as_the_form_says(serializing, written):
    definition = form(
        field("datetime", "v", subtype="datetime", timeSerializingFormat=serializing)
    )
    assert clean(definition, {"v": "2026-11-21T00:30Z"}) == {"v": written}
    assert clean(definition, {"v": written}) == {"v": written}


def test_a_pattern_that_would_stall_a_backtracking_matcher_does_not():
    definition = form(field("textfield", "v", validate={"pattern": "^(a+)+$"}))
    assert problems(definition, {"v": "a" * 9_000 + "b"}) == {"v": ["pattern"]}


def test_the_form_has_its_own_words_for_a_pattern():
    definition = form(
        field(
            "textfield",
            "v",
            properties={"label:en": "Number", "patternErrorMessage:en": "Two letters, please."},
            validate={"pattern": "^[A-Z]{2}$", "patternErrorMessage": "请填两个大写字母。"},
        )
    )
    with pytest.raises(FormInvalidError) as refused:
        clean(definition, {"v": "1"})
    (found,) = refused.value.problems["v"]
    assert (found.code, found.zh, found.en) == (
        "pattern",
        "请填两个大写字母。",
        "Two letters, please.",
    )

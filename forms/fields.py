"""One marshmallow field per kind of input: what a value must be, whatever the other values are.

Every field returns JSON-ready data in one normal form, so that cleaned values clean to themselves.
"""

import re
from collections.abc import Hashable, Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec
from marshmallow import ValidationError
from marshmallow import fields as ma
from typing_extensions import override

from forms.definition import Component
from forms.messages import problem

MIN_YEAR: Final = 1900
MAX_YEAR: Final = 2199
#: Beyond this a JSON number is no longer exact in every reader. Source: RFC 8259, section 6.
MAX_NUMBER: Final = 2**53

_NUMBER_TEXT: Final = re.compile(r"-?\d{1,40}(?:\.\d{1,20})?", re.ASCII)
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_OFFSET: Final = r"(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)?"
_TIME: Final = re.compile(rf"\d{{2}}:\d{{2}}(?::\d{{2}}(?:\.\d{{1,6}})?)?{_OFFSET}", re.ASCII)
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")
_ATTACHMENT: Final = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)


def refusal(code: str, **facts: object) -> ValidationError:
    """The exception with which a field refuses a value."""
    return ValidationError([problem(code, **facts)])


class Text(ma.Field[str]):
    """Text of one line, without blanks around it."""

    @override
    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        if not isinstance(value, str):
            raise refusal("text_expected")
        text = value.strip()
        if _CONTROL.search(text):
            raise refusal("control_characters")
        return text


class Paragraphs(ma.Field[str]):
    """Text of any number of lines, with Unix line ends."""

    @override
    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        if not isinstance(value, str):
            raise refusal("text_expected")
        return value.replace("\r\n", "\n").replace("\r", "\n").rstrip()


class Number(ma.Field[int | float]):
    """A finite number; whole numbers become int."""

    @override
    def _deserialize(self, value: Any, *_: Any, **__: Any) -> int | float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise refusal("number_expected")
        # Written so that NaN, which is less than nothing, is refused too.
        if not abs(value) <= MAX_NUMBER:
            raise refusal("magnitude")
        return int(value) if value == int(value) else value


class NumberText(ma.Field[str]):
    """A number kept as decimal text, exact to the last digit (``serializeToString``)."""

    @override
    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        if isinstance(value, int | float) and not isinstance(value, bool):
            value = format(Decimal(str(value)), "f")
        if not isinstance(value, str) or not _NUMBER_TEXT.fullmatch(value.strip()):
            raise refusal("number_text_expected")
        return value.strip()


class Checkbox(ma.Field[bool]):
    """Exactly true or false."""

    @override
    def _deserialize(self, value: Any, *_: Any, **__: Any) -> bool:
        if not isinstance(value, bool):
            raise refusal("boolean_expected")
        return value


class Date(ma.Field[str]):
    """A day of the calendar, ``2026-01-31``."""

    @override
    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        if not isinstance(value, str) or not _DATE.fullmatch(value):
            raise refusal("date_format")
        return _day(value).isoformat()


class Time(ma.Field[str]):
    """A time of day, ``08:30``, with an offset only if one was given."""

    @override
    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        if not isinstance(value, str) or not _TIME.fullmatch(value):
            raise refusal("time_format")
        return _time_text(_time(value))


class Instant(ma.Field[str]):
    """Date and time of day.

    Text without an offset is wall time of ``zone``. Of a wall time that comes twice when clocks
    are put back, the first is meant; one that is skipped is refused.

    Args:
        zone: Zone of wall times, given and returned.
        serializing: ``no_timezone`` returns wall time of ``zone``, ``utc_offset`` the same with
            its offset, anything else UTC.
    """

    def __init__(self, zone: ZoneInfo, serializing: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._zone = zone
        self._serializing = serializing

    @override
    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        day, _sign, clock = value.partition("T") if isinstance(value, str) else ("", "", "")
        if not _DATE.fullmatch(day) or not _TIME.fullmatch(clock):
            raise refusal("datetime_format")
        instant = datetime.combine(_day(day, slack=1), _time(clock))
        if instant.tzinfo is None:
            instant = instant.replace(tzinfo=self._zone)
            there = instant.astimezone(UTC).astimezone(self._zone)
            if there.replace(tzinfo=None) != instant.replace(tzinfo=None):
                raise refusal("datetime_skipped", text=value, zone=self._zone.key)
        _require_year(instant.astimezone(self._zone).date())
        return self._written(instant)

    def _written(self, instant: datetime) -> str:
        match self._serializing:
            case "no_timezone":
                return _time_text(instant.astimezone(self._zone).replace(tzinfo=None))
            case "utc_offset":
                return _time_text(instant.astimezone(_whole_offset(instant, self._zone)))
            case _:
                return _time_text(instant.astimezone(UTC))


class Choice(ma.Field[Any]):
    """One of the options; which these are is checked with the other rules."""

    @override
    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        return value


class Choices(ma.Field[list[Any]]):
    """Several of the options, none twice."""

    @override
    def _deserialize(self, value: Any, *_: Any, **__: Any) -> list[Any]:
        if not isinstance(value, list):
            raise refusal("list_expected")
        if len(set(map(identity, value))) < len(value):
            raise refusal("duplicate")
        return value


class Attachments(ma.Field[list[int | str]]):
    """Ids of attachments uploaded before; that they exist is checked with the other rules."""

    @override
    def _deserialize(self, value: Any, *_: Any, **__: Any) -> list[int | str]:
        if not isinstance(value, list) or not all(map(_is_attachment, value)):
            raise refusal("attachment_expected")
        if len(set(value)) < len(value):
            raise refusal("duplicate")
        return value


class Computed(ma.Field[Any]):
    """A value the form computes; what was posted is only compared with it."""

    @override
    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        return value


def field_of(component: Component, zone: ZoneInfo, **naming: Any) -> ma.Field[Any]:
    """The field for an input component.

    Args:
        component: Of one of the types in `forms.definition.INPUTS`.
        zone: Zone of wall times.
        naming: ``data_key`` and ``attribute`` for marshmallow.
    """
    naming |= {"allow_none": True, "pre_load": _unblanked}
    match component.type:
        case "textarea":
            return Paragraphs(**naming)
        case "number":
            return (NumberText if component.serialize_to_string else Number)(**naming)
        case "datetime":
            return _temporal(component, zone, naming)
        case other:
            return _PLAIN[other](**naming)


_PLAIN: Final[Mapping[str, type[ma.Field[Any]]]] = {
    "textfield": Text,
    "checkbox": Checkbox,
    "select": Choice,
    "radio": Choice,
    "checklist": Choices,
    "taglist": Choices,
    "filepicker": Attachments,
    "expression": Computed,
}


def identity(value: Any) -> Hashable:
    """What makes two JSON values the same: true is not 1, but 1 is 1.0."""
    if isinstance(value, str | bool) or value is None:
        return type(value), value
    if isinstance(value, int | float):
        return float, value
    return bytes, msgspec.json.encode(value, order="deterministic")


def _unblanked(value: Any) -> Any:
    """Empty text means nothing, whatever the type: browsers send it so."""
    return None if value == "" else value


def _temporal(component: Component, zone: ZoneInfo, naming: dict[str, Any]) -> ma.Field[Any]:
    match component.subtype:
        case "time":
            return Time(**naming)
        case "datetime":
            return Instant(zone, component.time_serializing_format, **naming)
        case _:
            return Date(**naming)


def _day(text: str, slack: int = 0) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise refusal("date_impossible", text=text) from error
    _require_year(day, slack)
    return day


def _require_year(day: date, slack: int = 0) -> None:
    """An offset can move a day over the edge of a year, hence the slack before it is applied."""
    if not MIN_YEAR - slack <= day.year <= MAX_YEAR + slack:
        raise refusal("date_range", low=MIN_YEAR, high=MAX_YEAR)


def _time(text: str) -> time:
    try:
        return time.fromisoformat(text)
    except ValueError as error:
        raise refusal("time_impossible", text=text) from error


def _whole_offset(instant: datetime, zone: ZoneInfo) -> timezone:
    """Offset in whole minutes: before standard time zones had odd seconds ISO 8601 lacks."""
    offset = instant.astimezone(zone).utcoffset() or timedelta()
    return timezone(timedelta(minutes=offset // timedelta(minutes=1)))


def _time_text(value: time | datetime) -> str:
    """Instants always have seconds (RFC 3339 wants them), times of day only when given."""
    is_whole = isinstance(value, time) and not (value.second or value.microsecond)
    text = value.isoformat(timespec="minutes" if is_whole else "auto")
    return f"{text[:-6]}Z" if text.endswith("+00:00") else text


def _is_attachment(value: Any) -> bool:
    if isinstance(value, str):
        return _ATTACHMENT.fullmatch(value) is not None
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**63

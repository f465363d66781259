"""Rules about single values that depend on the form, the other values or the day."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from decimal import Context, Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from engine.domain.feel import Scope
from engine.domain.forms import FieldProblem
from engine.ports.forms import Records
from forms.definition import CHOICES, LISTS, Option
from forms.fields import identity
from forms.limits import MAX_ENTRIES
from forms.messages import problem
from forms.patterns import is_email, is_phone
from forms.tree import Leaf
from forms.wording import text_of


class Situation(msgspec.Struct, frozen=True, kw_only=True):
    """What rules may know besides the value.

    Attributes:
        scope: All values by name.
        now: Instant of the check.
        zone: Zone of wall times; says which day it is.
        is_draft: Whether the value may still be unfinished.
        records: What the person may choose from; None leaves such choices unchecked.
    """

    scope: Scope
    now: datetime
    zone: ZoneInfo
    is_draft: bool
    records: Records | None = None


#: Records to choose from, ``optionsFrom`` of a component.
KINDS: Final = ("customers", "circuits", "contracts", "units", "people")
#: Variable with the code of an order's customer.
CUSTOMER: Final = "customer_id"
# More digits than any number and step can have together; nothing is rounded and nothing raises.
_EXACT: Final = Context(prec=400, traps=[])

Rule = Callable[[Leaf, Any, Situation], Iterator[FieldProblem]]


def is_empty(leaf: Leaf, value: Any) -> bool:
    """Whether nothing was entered; an unticked box counts, as in form-js."""
    return value is None or value in ("", []) or (leaf.component.type == "checkbox" and not value)


def problems_of(leaf: Leaf, value: Any, situation: Situation) -> list[FieldProblem]:
    """Everything wrong with a value that is not empty and of the right type."""
    rule = _RULES.get(leaf.component.type)
    return list(rule(leaf, value, situation)) if rule is not None else []


def _text(leaf: Leaf, value: str, situation: Situation) -> Iterator[FieldProblem]:
    longest = leaf.conditions.bound("max_length", situation.scope)
    if longest is not None and len(value) > longest:
        yield problem("too_long", limit=_plain(longest))
    if situation.is_draft:
        return
    shortest = leaf.conditions.bound("min_length", situation.scope)
    if shortest is not None and len(value.strip()) < shortest:
        yield problem("too_short", limit=_plain(shortest))
    if leaf.pattern is not None and not leaf.pattern.matches(value):
        yield _pattern_problem(leaf)
    kind = leaf.component.rules.validation_type
    if kind == "email" and not is_email(value):
        yield problem("email")
    if kind == "phone" and not is_phone(value):
        yield problem("phone")


def _pattern_problem(leaf: Leaf) -> FieldProblem:
    """The form's own words for a pattern, where it has them."""
    general = problem("pattern")
    component = leaf.component
    return FieldProblem(
        code=general.code,
        zh=component.rules.pattern_error_message or general.zh,
        en=str(component.properties.get("patternErrorMessage:en") or general.en),
    )


def _number(leaf: Leaf, value: float | str, situation: Situation) -> Iterator[FieldProblem]:
    number = Decimal(str(value))
    least = leaf.conditions.bound("min", situation.scope)
    if least is not None and number < least:
        yield problem("too_small", limit=_plain(least))
    most = leaf.conditions.bound("max", situation.scope)
    if most is not None and number > most:
        yield problem("too_large", limit=_plain(most))
    digits = leaf.component.decimal_digits
    if digits is not None and len(format(number, "f").partition(".")[2].rstrip("0")) > digits:
        yield problem("too_many_decimals", limit=digits)
    step = leaf.conditions.bound("increment", situation.scope)
    if step and _EXACT.remainder(number, step) != 0:
        yield problem("step", limit=_plain(step))


def _day(leaf: Leaf, value: str, situation: Situation) -> Iterator[FieldProblem]:
    component = leaf.component
    if not component.disallow_passed_dates or component.subtype == "time":
        return
    today = situation.now.astimezone(situation.zone).date()
    instant = datetime.fromisoformat(value)
    day = instant.astimezone(situation.zone).date() if instant.tzinfo else instant.date()
    if day < today:
        yield problem("date_past")


def _choice(leaf: Leaf, value: Any, situation: Situation) -> Iterator[FieldProblem]:
    if leaf.component.options_from:
        yield from _record(leaf, value, situation)
        return
    options = options_of(leaf, situation.scope)
    chosen = value if leaf.component.type in LISTS else [value]
    if not options:
        yield problem("options_missing")
    elif not {identity(each) for each in chosen} <= {identity(option) for option in options}:
        yield problem("option_unknown")


def _record(leaf: Leaf, value: Any, situation: Situation) -> Iterator[FieldProblem]:
    chosen = value if leaf.component.type in LISTS else [value]
    if not all(isinstance(each, str) for each in chosen):
        yield problem("option_unknown")
    elif situation.records is not None:
        found = situation.records.found(
            leaf.component.options_from, chosen, customer=customer_of(leaf, situation.scope)
        )
        if not found.keys() >= set(chosen):
            yield problem("option_unknown")


def customer_of(leaf: Leaf, scope: Scope) -> str | None:
    """Code of the customer whose records a field offers, None for those of all."""
    name = str(leaf.component.properties.get("optionsCustomer", CUSTOMER))
    value = _found(scope, name)
    return value if isinstance(value, str) and value else None


def options_of(leaf: Leaf, scope: Scope) -> list[Any]:
    """Values to choose from."""
    return [option.value for option in choices_of(leaf, scope)]


def choices_of(leaf: Leaf, scope: Scope) -> list[Option]:
    """What to choose from. Options are values themselves or objects with a value."""
    component = leaf.component
    if leaf.conditions.options is not None:
        given = leaf.conditions.options.evaluate(scope)
    elif component.values_key:
        given = _found(scope, component.values_key)
    else:
        return [_option(option) for option in component.values]
    if not isinstance(given, list):
        return []
    return [_option(option) for option in given[:MAX_ENTRIES]]


def _option(given: Any) -> Option:
    if isinstance(given, Option):
        return given
    if isinstance(given, Mapping):
        value, label, english = (given.get(name) for name in ("value", "label", "label:en"))
        return Option(
            value=value,
            label=label if isinstance(label, str) else text_of(value),
            label_en=english if isinstance(english, str) else "",
        )
    return Option(value=given, label=text_of(given))


def _found(scope: Scope, path: str) -> Any:
    value: Any = scope
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _files(leaf: Leaf, value: list[Any], situation: Situation) -> Iterator[FieldProblem]:
    if len(value) > 1 and not leaf.conditions.is_multiple(situation.scope):
        yield problem("too_many_files", limit=1)
    if situation.records is not None:
        named = {str(one) for one in value}
        if not situation.records.found("files", sorted(named)).keys() >= named:
            yield problem("file_unknown")


def _plain(limit: Decimal) -> str:
    return format(limit.normalize(), "f")


_RULES: Final[Mapping[str, Rule]] = {
    "textfield": _text,
    "textarea": _text,
    "number": _number,
    "datetime": _day,
    "filepicker": _files,
    **dict.fromkeys(CHOICES, _choice),
}

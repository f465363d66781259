"""Variables of an order as people know them: by the label of the form they were entered in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final

import msgspec

from engine.domain.forms import FormBrokenError
from engine.domain.masking import masked_email, masked_phone
from engine.domain.records import Definition
from engine.queries.names import names_by_login
from engine.store.view import View
from forms.definition import Component, Option
from forms.pages.language import choose, gettext, mark, ngettext
from forms.pages.moments import day, when
from forms.reading import read

#: Forms kept parsed; a deployed file never changes.
_KEPT: Final = 512
_LONGEST: Final = 300
#: Variables no form asks for: what every order starts with, and what operations find out.
#: Source: bpmn/README.md, topics of service tasks.
KNOWN: Final[Mapping[str, str]] = {
    "order_number": mark("Order number"),
    "customer_name": mark("Customer"),
    "customer_class": mark("Customer class"),
    "is_key_account": mark("Key account"),
    "complaint_class": mark("Complaint class"),
    "intensity": mark("Intensity"),
    "priority": mark("Priority"),
    "authority_limit": mark("Authority limit"),
    "repeat_count": mark("Repeated complaints"),
    "hot_spot": mark("Hot spot"),
    "ip_conflict": mark("Address block is taken"),
    "ip_conflict_with": mark("Overlaps with"),
    "visit_due_on": mark("First visit due"),
    "activated_at": mark("Activated at"),
    "archived_at": mark("Archived at"),
    "bill_from_date": mark("Billed from"),
    "billing_reference": mark("Billing reference"),
    "rework": mark("Failed tests"),
    "reopen_count": mark("Reopened"),
    "call_attempts": mark("Call attempts"),
    "handover_count": mark("Hand-overs in the process"),
    "urge_count": mark("Urged"),
    "cancel_request_reason": mark("Reason of the cancellation"),
    "withdraw_reason": mark("Reason of the withdrawal"),
    "regulator_case_no": mark("Regulator's case number"),
    "regulator_due_at": mark("Regulator's deadline"),
}

#: Names of records by kind and what stands for them.
_Names = Mapping[tuple[str, str], str]
#: Words of what decision tables answer. Source: bpmn/complaint_classification.dmn.
ANSWERS: Final[Mapping[str, Mapping[str, str]]] = {
    "complaint_class": {
        "ordinary": mark("Ordinary complaint"),
        "sensitive": mark("Sensitive complaint"),
        "batch": mark("Batch complaint"),
        "escalated": mark("Escalated complaint"),
        "skip_level": mark("Skip-level complaint"),
        "major": mark("Major complaint"),
    },
    "intensity": {
        "normal": mark("Not intense"),
        "high": mark("Intense"),
    },
}


class Label(msgspec.Struct, frozen=True, kw_only=True):
    """A field of a form.

    Attributes:
        kind: Type of the component. options: Labels by value, Chinese and English.
        validation: ``phone`` and ``email`` are personal data.
        records: Kind of the records it is chosen from, see `engine.ports.Records`.
        inner: Fields of an object or of the rows of a list.
    """

    zh: str
    en: str
    kind: str
    subtype: str = ""
    validation: str = ""
    records: str = ""
    options: Mapping[str, tuple[str, str]] = {}
    inner: Mapping[str, Label] = {}

    @property
    def name(self) -> str:
        """In the reader's language."""
        return choose(self.zh, self.en)


class Labels:
    """Fields of the forms of some definitions.

    Args:
        moment: Reads the forms.
        definitions: Whose forms; earlier ones win.
    """

    def __init__(self, moment: View, definitions: Iterable[Definition]) -> None:
        self._moment = moment
        self._names: dict[tuple[str, str], str] = {}
        self._found: dict[str, Label] = {}
        for definition in definitions:
            for key in _forms(definition):
                content = moment.form(definition.id, key)
                if content is not None:
                    for name, label in _labels(content).items():
                        self._found.setdefault(name, label)

    def is_known(self, variable: str) -> bool:
        """Whether people have a word for a variable."""
        return variable in self._found or variable in KNOWN

    def name(self, variable: str) -> str:
        """What people call a variable; its own name if they do not."""
        if variable in self._found:
            return self._found[variable].name
        return gettext(KNOWN[variable]) if variable in KNOWN else variable

    def chosen(self, variable: str, text: str) -> str:
        """A text as posted; the words of a choice instead of its code."""
        label = self._found.get(variable)
        return choose(*label.options[text]) if label and text in label.options else text

    def meet(self, values: Iterable[tuple[str, Any]]) -> None:
        """Learn the names of people and units among values of variables; at most one statement."""
        chosen = {
            one
            for variable, value in values
            if variable in self._found
            for one in _chosen(value, self._found[variable])
        }
        units = self._moment.setup.units_by_code
        for kind, code in chosen:
            if kind == "units" and code in units:
                self._names[kind, code] = choose(units[code].name, units[code].name_en)
        logins = {value for kind, value in chosen if kind == "people"}
        for login, name in names_by_login(self._moment, logins).items():
            self._names["people", login] = name

    def value(self, variable: str, value: Any) -> str:
        """A value in words; personal data masked, people and units by name after `meet`."""
        words = ANSWERS.get(variable, {})
        if isinstance(value, str) and value in words:
            return gettext(words[value])
        return _told(value, self._found.get(variable), self._names)


def _forms(definition: Definition) -> list[str]:
    described = definition.description
    keys = [described.get("start_form_key"), *(t["form_key"] for t in described.get("tasks", ()))]
    return list(dict.fromkeys(str(key) for key in keys if key))


@lru_cache(maxsize=_KEPT)
def _labels(form: bytes) -> Mapping[str, Label]:
    try:
        return _of(read(form).components)
    except FormBrokenError:
        return {}


def _of(components: Iterable[Component]) -> dict[str, Label]:
    found: dict[str, Label] = {}
    for component in components:
        inner = _of(component.components)
        name = component.path if component.components else component.key
        if not name:
            # A frame without a path: what is in it stands beside it.
            found.update(inner)
            continue
        label = Label(
            zh=component.name or name,
            en=component.name_en or component.name or name,
            kind=component.type,
            subtype=component.subtype,
            validation=component.rules.validation_type,
            records=component.options_from,
            options={
                _key(option.value): (option.label, option.label_en or option.label)
                for option in component.values
                if isinstance(option, Option)
            },
            inner=inner,
        )
        # A dotted key makes objects, see docs/forms.md.
        head, *rest = name.split(".")
        for part in reversed(rest):
            label = Label(zh=label.zh, en=label.en, kind="group", inner={part: label})
        present = found.get(head)
        if present is not None and rest:
            label = msgspec.structs.replace(present, inner={**present.inner, **label.inner})
        found[head] = label
    return found


def _key(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _chosen(value: Any, label: Label) -> Iterator[tuple[str, str]]:
    """Records in a value, at any depth: their kind and what stands for them."""
    if isinstance(value, list):
        for one in value:
            yield from _chosen(one, label)
    elif isinstance(value, Mapping):
        for name, one in value.items():
            if name in label.inner:
                yield from _chosen(one, label.inner[name])
    elif label.records and isinstance(value, str):
        yield label.records, value


def _told(value: Any, label: Label | None, names: _Names) -> str:
    if value is None or value in ("", []):
        return "—"
    if label is not None and _key(value) in label.options:
        return choose(*label.options[_key(value)])
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, list):
        return _list(value, label, names)
    if isinstance(value, dict):
        inner = label.inner if label is not None else {}
        parts = [
            gettext(
                "%(name)s: %(value)s",
                name=inner[name].name if name in inner else name,
                value=_told(one, inner.get(name), names),
            )
            for name, one in value.items()
        ]
        return gettext("; ").join(parts)
    kind = "" if label is None else label.records
    return names.get((kind, str(value))) or _cut(_text(value, label))


def _list(values: list[Any], label: Label | None, names: _Names) -> str:
    if label is not None and label.kind == "filepicker":
        return ngettext("%(num)d file", "%(num)d files", len(values))
    if any(isinstance(one, dict) for one in values):
        rows = [f"{number}. {_told(one, label, names)}" for number, one in enumerate(values, 1)]
        return _cut(" ".join(rows))
    return _cut(gettext(", ").join(_told(one, label, names) for one in values))


def _text(value: Any, label: Label | None) -> str:
    if not isinstance(value, str):
        return str(value)
    if label is not None and label.validation == "phone":
        return masked_phone(value)
    if label is not None and label.validation == "email":
        return masked_email(value) or ""
    if label is None or label.kind == "datetime":
        return _moment(value)
    return value


def _moment(value: str) -> str:
    """A date or an instant as read; anything else as it is."""
    try:
        if len(value) == len("2026-01-31"):
            return day(date.fromisoformat(value))
        instant = datetime.fromisoformat(value)
    except ValueError:
        return value
    return when(instant) if instant.tzinfo is not None else value


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"

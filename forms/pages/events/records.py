"""Sentences about records, the set-up, people and their tokens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from engine.domain import facts as f
from forms.pages.events.names import Names, quoted
from forms.pages.events.telling import plain, tells
from forms.pages.language import choose, gettext, mark, ngettext
from forms.pages.moments import when
from forms.pages.words import role_word

#: Kinds of records. Source: `engine.domain.facts.RecordSaved`.
ENTITIES: Final[Mapping[str, str]] = {
    "customer": mark("customer"),
    "contact": mark("contact person"),
    "contract": mark("contract"),
    "service": mark("service"),
    "ip_block": mark("address block"),
    "unit": mark("unit"),
    "calendar": mark("working calendar"),
    "sla_policy": mark("service level"),
    "escalation_rule": mark("escalation rule"),
    "hold_reason": mark("hold reason"),
    "visit_plan": mark("visit plan"),
}
#: Values that name a record, the first that is there.
_NAMING: Final = ("number", "cidr", "name", "code", "planned_on")


def _entity(entity: str) -> str:
    return gettext(ENTITIES[entity]) if entity in ENTITIES else gettext("record")


plain(
    {
        f.AbsenceEnded: mark("%(who)s ended a substitution"),
        f.TokenIssued: mark("A key was given to %(person)s, valid until %(at)s"),
        f.TokenRevoked: mark("%(who)s withdrew a key"),
    }
)


@tells(f.RecordSaved)
def _(_names: Names, fact: f.RecordSaved, _who: str) -> str:
    named = next((str(fact.values[name]) for name in _NAMING if fact.values.get(name)), "")
    values = {"entity": _entity(fact.entity), "name": named}
    if fact.is_new:
        return gettext("New %(entity)s %(name)s", **values).strip()
    return gettext("Changed %(entity)s %(name)s", **values).strip()


@tells(f.RecordRemoved)
def _(_names: Names, fact: f.RecordRemoved, _who: str) -> str:
    return gettext("No longer in force: %(entity)s", entity=_entity(fact.entity))


@tells(f.DefinitionPublished)
def _(_names: Names, fact: f.DefinitionPublished, who: str) -> str:
    return gettext(
        "%(who)s published %(process)s, version %(version)d",
        who=who,
        process=quoted(choose(fact.name, fact.name_en)),
        version=fact.version,
    )


@tells(f.PersonSaved)
def _(names: Names, fact: f.PersonSaved, who: str) -> str:
    person = names.person(fact.person)
    if fact.is_new:
        return gettext("%(who)s opened the account of %(person)s", who=who, person=person)
    return gettext("%(who)s changed the account of %(person)s", who=who, person=person)


@tells(f.RolesGranted)
def _(names: Names, fact: f.RolesGranted, who: str) -> str:
    held = (
        gettext("%(role)s (%(unit)s)", role=role_word(role), unit=names.unit(unit_id))
        for role, unit_id in fact.grants
    )
    return gettext(
        "%(who)s set the roles of %(person)s: %(roles)s",
        who=who,
        person=names.person(fact.person),
        roles=gettext(", ").join(held) or gettext("none"),
    )


@tells(f.AbsenceSaved)
def _(names: Names, fact: f.AbsenceSaved, _who: str) -> str:
    return gettext(
        "%(substitute)s stands in for %(person)s from %(from)s until %(until)s",
        **{
            "substitute": names.person(fact.substitute),
            "person": names.person(fact.person),
            "from": when(fact.starts_at),
            "until": when(fact.ends_at),
        },
    )


@tells(f.ExportWritten)
def _(_names: Names, fact: f.ExportWritten, who: str) -> str:
    return ngettext(
        "%(who)s exported %(num)d work order",
        "%(who)s exported %(num)d work orders",
        fact.rows,
        who=who,
    )

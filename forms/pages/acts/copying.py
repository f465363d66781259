"""Copies of an order: show it to others for information, and stop showing it."""

from __future__ import annotations

from typing import Final

from engine.domain import commands
from engine.handlers.results import OrderResult
from engine.queries.people import copied_to
from forms.pages.acts.act import Act, Choice, Field, Subject, Undo
from forms.pages.language import mark, ngettext


def _works(subject: Subject) -> bool:
    return subject.order.status != "ended" and subject.works


def _copied(subject: Subject) -> tuple[Choice, ...]:
    return tuple(
        Choice(value=each.login, label=each.label)
        for each in copied_to(subject.moment, subject.order.id)
    )


ACTS: Final = (
    Act(
        name="copy",
        label=mark("Copy to others"),
        icon="copy",
        about="order",
        offered=_works,
        fields=(
            Field(
                name="people",
                label=mark("To whom"),
                kind="people",
                help=mark("Names or logins, separated by commas."),
            ),
        ),
        hint=mark("They see the order and may comment on it, whatever their unit."),
        make=lambda subject, values: commands.CopyOrder(
            order_id=subject.order.id, people=values["people"]
        ),
        result=OrderResult,
        toast=lambda _subject, values, _result: ngettext(
            "Copied to %(num)d person.", "Copied to %(num)d people.", len(values["people"])
        ),
        undo=lambda _subject, values, _result: Undo(
            act="remove-copy", fields={"people": ", ".join(values["people"])}
        ),
    ),
    Act(
        name="remove-copy",
        label=mark("Take copies back"),
        icon="eye-off",
        about="order",
        offered=_works,
        fields=lambda subject: (
            Field(
                name="people",
                label=mark("From whom"),
                kind="people",
                choices=_copied(subject),
                without=mark("The work order is copied to nobody."),
                help=mark("You may take back what you copied; superiors any copy."),
            ),
        ),
        make=lambda subject, values: commands.RemoveCopy(
            order_id=subject.order.id, people=values["people"]
        ),
        result=OrderResult,
        toast=mark("No longer copied."),
        undo=lambda _subject, values, _result: Undo(
            act="copy", fields={"people": ", ".join(values["people"])}
        ),
    ),
)

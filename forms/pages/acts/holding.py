"""The whole order: hold and resume, urge, and what operators do with one that went wrong."""

from __future__ import annotations

from typing import Final

from engine.domain import access, commands
from engine.handlers.results import OrderResult
from forms.pages.acts.act import Act, Choice, Field, Subject, Undo
from forms.pages.acts.asked import REASON, REMARK
from forms.pages.language import choose, gettext, mark


def _works(subject: Subject) -> bool:
    return subject.order.status == "running" and subject.works


def _operates(subject: Subject) -> bool:
    return access.may(subject.person, access.Act.OPERATE, subject.order.unit_path)


def _hold_fields(subject: Subject) -> tuple[Field, ...]:
    pausing = gettext("the clocks pause")
    running = gettext("the clocks go on")
    return (
        Field(
            name="reason",
            label=mark("Reason"),
            kind="choice",
            choices=tuple(
                Choice(
                    value=reason.code,
                    label=choose(reason.name_zh, reason.name_en),
                    detail=pausing if reason.pauses_clock else running,
                )
                for reason in subject.moment.setup.reasons.values()
            ),
        ),
        Field(
            name="until",
            label=mark("On hold until"),
            kind="moment",
            required=False,
            help=mark("The order then goes on by itself."),
        ),
        Field(name="text", label=mark("Remark"), kind="lines", required=False),
    )


ACTS: Final = (
    Act(
        name="hold",
        label=mark("Hold"),
        icon="pause",
        about="order",
        offered=lambda subject: _works(subject) and subject.order.held is None,
        fields=_hold_fields,
        hint=mark("Nobody can work on the order until it is resumed."),
        make=lambda subject, values: commands.HoldOrder(
            order_id=subject.order.id,
            reason=values["reason"],
            text=values["text"],
            until=values["until"],
        ),
        result=OrderResult,
        toast=mark("On hold."),
        undo=Undo(act="resume"),
        is_main=True,
    ),
    Act(
        name="resume",
        label=mark("Resume"),
        icon="play",
        about="order",
        offered=lambda subject: _works(subject) and subject.order.held is not None,
        make=lambda subject, _values: commands.ResumeOrder(order_id=subject.order.id),
        result=OrderResult,
        toast=mark("Work goes on."),
        tone="p",
        is_main=True,
    ),
    Act(
        name="urge",
        label=mark("Urge"),
        icon="bell-ring",
        about="order",
        offered=_works,
        fields=(Field(name="text", label=mark("Remark"), kind="lines", required=False),),
        hint=mark("Who works on it is told, and its priority rises."),
        make=lambda subject, values: commands.UrgeOrder(
            order_id=subject.order.id, text=values["text"]
        ),
        result=OrderResult,
        toast=mark("Urged."),
    ),
    Act(
        name="suspend",
        label=mark("Suspend"),
        icon="circle-x",
        about="order",
        offered=lambda subject: _operates(subject) and subject.order.status == "running",
        fields=(REASON,),
        hint=mark("Nothing fires and nothing can be completed until it is reactivated."),
        make=lambda subject, values: commands.SuspendOrder(
            order_id=subject.order.id, reason=values["reason"]
        ),
        result=OrderResult,
        toast=mark("Suspended."),
        undo=Undo(act="reactivate", fields={"reason": ""}),
    ),
    Act(
        name="reactivate",
        label=mark("Reactivate"),
        icon="refresh-cw",
        about="order",
        offered=lambda subject: _operates(subject) and subject.order.status == "suspended",
        fields=(REMARK,),
        make=lambda subject, values: commands.ReactivateOrder(
            order_id=subject.order.id, reason=values["reason"]
        ),
        result=OrderResult,
        toast=mark("Running again."),
        tone="p",
    ),
    Act(
        name="cancel",
        label=mark("Cancel the order"),
        icon="trash-2",
        about="order",
        offered=lambda subject: _operates(subject) and subject.order.status != "ended",
        fields=(REASON,),
        hint=mark("The order ends at once, and this cannot be taken back."),
        make=lambda subject, values: commands.CancelOrder(
            order_id=subject.order.id, reason=values["reason"]
        ),
        result=OrderResult,
        toast=mark("The order is cancelled."),
        tone="d",
        leaves=True,
    ),
)

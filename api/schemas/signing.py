"""Signing, instructions, supervision: bodies and answers."""

from __future__ import annotations

from marshmallow import fields

from api.schemas import answers as a
from api.schemas.base import Answer, Body
from api.schemas.fields import Id, Instant, ListOf, Text
from api.schemas.orders import LOGIN
from api.schemas.tasks import VersionBody


class SignersBody(VersionBody):
    """Let others sign."""

    people = ListOf(Text(most=60, least=1, pattern=LOGIN), least=1, most=50, required=True)
    when = Text(among=("before", "after"), load_default="before")
    rule = Text(
        least=2, most=4, pattern=r"all|any|(100|[1-9][0-9]?)%", load_default="all",
        metadata={"description": "`all`, `any`, or a share of the signers.", "example": "60%"},
    )  # fmt: skip
    reason = Text(most=2000, load_default="")


class RemoveSignersBody(VersionBody):
    """Take signers off."""

    people = ListOf(
        Text(most=60, least=1, pattern=LOGIN), most=50, load_default=list,
        metadata={"description": "None takes a completion back that waits for its signers."},
    )  # fmt: skip
    reason = Text(most=2000, load_default="")


class SignatureRow(Answer):
    """One signer's part."""

    person = a.ident()
    name = a.text("张伟")
    verdict = a.text("approved", "`approved`, `rejected`, or empty while it is awaited.")
    remark = a.text("同意")
    at = a.maybe_instant()
    by = a.ident(null=True)
    drawn = a.truth("Whether the diagram asks for it.")


class RoundAnswer(Answer):
    """The signing round of a task."""

    task_id = a.ident()
    when = a.word("before", ("before", "after"))
    rule = a.text("all", "`all`, `any`, or a share of the signers.")
    needed = a.number(2, "How many opinions, or approvals, are needed.")
    submitted = a.truth("Whether the task was completed and its signers decide.")
    is_decided = a.truth("Whether no further verdict matters.")
    is_passed = a.truth("Whether enough approve.")
    signatures = fields.List(fields.Nested(SignatureRow))
    earlier = fields.List(fields.Nested(SignatureRow))


class InstructionBody(Body):
    """Instruct who works on an order."""

    text = Text(required=True, least=1, most=2000, metadata={"example": "今天 18:00 前完工"})
    task_id = Id(allow_none=True)
    new_due_at = Instant(
        allow_none=True, metadata={"description": "Another deadline of the task, or the order."}
    )


class InstructionRow(Answer):
    """An instruction."""

    id = a.ident()
    task_id = a.ident(null=True)
    author = a.ident(null=True)
    author_name = a.text("赵敏", null=True)
    at = a.instant()
    text = a.text("今天 18:00 前完工")


class SuperviseBody(Body):
    """Why a task is supervised."""

    text = Text(most=2000, load_default="")


class RemoveCopyBody(Body):
    """Stop showing an order to people."""

    people = ListOf(Text(most=60, least=1, pattern=LOGIN), least=1, most=100, required=True)

"""Others' say in a task: signers, instructions and supervision by superiors."""

from __future__ import annotations

from typing import Any

import msgspec

from api.caller import execute, view
from api.operations import Resource
from api.schemas import signing as s
from api.schemas.orders import Created, OrderDone
from api.schemas.tasks import TaskDone
from engine.domain import commands as c
from engine.domain.signing import Signature
from engine.errors import NotFoundError
from engine.handlers.results import IdResult, OrderResult, TaskResult
from engine.queries.instructions import InstructionItem, instructions
from engine.queries.orders import visible_order, visible_task
from engine.queries.signatures import RoundItem, round_of

bp = Resource(
    "signing", "Others' say in a task: signers 会签, instructions 批示, supervision 督办."
)
_TASK = "/tasks/<id:task_id>"
_ORDER = "/work-orders/<id:order_id>"
_VERSION = "version"


class RoundNotFoundError(NotFoundError):
    """The task is signed by nobody."""

    code = "no_signing_round"
    template = "Expected signers of task {task}, but there are none."


@bp.read(f"{_TASK}/signers", s.RoundAnswer())
def signers(task_id: int) -> dict[str, Any]:
    """Who signs a task, and what they said."""
    with view() as moment:
        task, _ = visible_task(moment, task_id)
        found = round_of(moment, task)
    if found is None:
        raise RoundNotFoundError(task=task_id)
    return _round(found)


def _round(found: RoundItem) -> dict[str, Any]:
    signing = found.signing

    def row(signature: Signature) -> dict[str, Any]:
        name = found.names.get(signature.person, "")
        return {**msgspec.structs.asdict(signature), "name": name}

    return {
        "task_id": found.task_id,
        "when": signing.when,
        "rule": signing.rule,
        "needed": signing.needed,
        "submitted": signing.submitted,
        "is_decided": signing.is_decided,
        "is_passed": signing.is_passed,
        "signatures": [row(each) for each in signing.signatures],
        "earlier": [row(each) for each in signing.earlier],
    }


@bp.act("POST", f"{_TASK}/signers", TaskDone(), takes=s.SignersBody(), version_field=_VERSION)
def add_signers(task_id: int, given: dict[str, Any]) -> TaskResult:
    """Let others sign a task 加签, before or after its worker completes it."""
    people = tuple(given.pop("people"))
    return execute(c.AddSigners(task_id=task_id, people=people, **given), TaskResult)


@bp.act(
    "POST",
    f"{_TASK}/signers/removal",
    TaskDone(),
    takes=s.RemoveSignersBody(),
    version_field=_VERSION,
)
def remove_signers(task_id: int, given: dict[str, Any]) -> TaskResult:
    """Take off who has not signed 减签; without people, take a waiting completion back."""
    people = tuple(given.pop("people"))
    return execute(c.RemoveSigners(task_id=task_id, people=people, **given), TaskResult)


@bp.act("POST", f"{_TASK}/supervision", TaskDone(), takes=s.SuperviseBody())
def supervise(task_id: int, given: dict[str, Any]) -> TaskResult:
    """Supervise a task 督办 (superiors): a task of one's own about it."""
    return execute(c.SuperviseTask(task_id=task_id, **given), TaskResult)


@bp.read(f"{_ORDER}/instructions", s.InstructionRow(), many=True)
def list_instructions(order_id: int) -> list[InstructionItem]:
    """Instructions on an order, oldest first."""
    with view() as moment:
        visible_order(moment, order_id)
        return instructions(moment, order_id)


@bp.act("POST", f"{_ORDER}/instructions", Created(), takes=s.InstructionBody(), status=201)
def instruct(order_id: int, given: dict[str, Any]) -> IdResult:
    """Instruct 批示 who works on an order or a task (superiors); perhaps another deadline."""
    return execute(c.InstructOrder(order_id=order_id, **given), IdResult)


@bp.act("POST", f"{_ORDER}/copies/removal", OrderDone(), takes=s.RemoveCopyBody())
def remove_copy(order_id: int, given: dict[str, Any]) -> OrderResult:
    """Stop showing an order to people: one's own copy, one sent by oneself, superiors any."""
    people = tuple(given["people"])
    return execute(c.RemoveCopy(order_id=order_id, people=people), OrderResult)

"""Steps of the process: delegated, taken back, left out; and where a task can be sent."""

from __future__ import annotations

from typing import Any

from api.caller import application, execute, view
from api.operations import Resource
from api.schemas import steps as s
from api.schemas.tasks import TaskDone
from engine.domain import commands as c
from engine.handlers.results import TaskResult
from engine.queries import moving
from engine.queries.orders import visible_task

bp = Resource("steps", "Steps 环节: who prepares them, and where the process goes on.")
_ONE = "/tasks/<id:task_id>"
_VERSION = "version"


@bp.act("POST", f"{_ONE}/delegation", TaskDone(), takes=s.DelegateBody(), version_field=_VERSION)
def delegate(task_id: int, given: dict[str, Any]) -> TaskResult:
    """Ask somebody to prepare a task one holds 委托."""
    return execute(c.DelegateTask(task_id=task_id, **given), TaskResult)


@bp.act(
    "POST", f"{_ONE}/delegation/end", TaskDone(), takes=s.GiveBackBody(), version_field=_VERSION
)
def give_back(task_id: int, given: dict[str, Any]) -> TaskResult:
    """Give a delegated task back to its owner, or call it back."""
    return execute(c.GiveBackTask(task_id=task_id, **given), TaskResult)


@bp.act("POST", f"{_ONE}/take-back", TaskDone(), takes=s.TakeBackBody())
def take_back(task_id: int, given: dict[str, Any]) -> TaskResult:
    """Take one's own completed step back 撤回 while nobody has touched what came next."""
    return execute(c.TakeBackStep(task_id=task_id, **given), TaskResult)


@bp.read(f"{_ONE}/returns", s.PlaceRow(), many=True)
def returns(task_id: int) -> list[moving.Place]:
    """Steps done before that a task can be sent back to, the latest first."""
    with view() as moment:
        task, order = visible_task(moment, task_id)
        return moving.returnable(moment, task, order, application().kernel)


@bp.read(f"{_ONE}/jumps", s.PlaceRow(), many=True)
def jumps(task_id: int) -> list[moving.Place]:
    """Steps the process could go on at instead of a task."""
    with view() as moment:
        task, order = visible_task(moment, task_id)
        return moving.reachable(moment, task, order, application().kernel)


@bp.act("POST", f"{_ONE}/jump", TaskDone(), takes=s.JumpBody(), version_field=_VERSION)
def jump(task_id: int, given: dict[str, Any]) -> TaskResult:
    """Leave a task undone and go on at another step 自由跳转 (operators and managers)."""
    return execute(c.JumpTask(task_id=task_id, **given), TaskResult)

"""Tasks: inboxes, one task with its form, and the acts of its worker and superiors."""

from __future__ import annotations

from typing import Any

import msgspec

from api.caller import application, execute, execute_and_read, view
from api.etag import Versioned
from api.operations import Resource
from api.schemas import tasks as s
from api.schemas.orders import Created
from engine.domain import commands as c
from engine.handlers.results import IdResult, TaskResult
from engine.queries import inbox, task_counts, tasks
from engine.queries.paging import Page
from engine.queries.task_filters import Filters
from engine.queries.task_items import TaskItem

bp = Resource("tasks", "User tasks 任务: inboxes and the acts of workers and superiors.")
_ONE = "/tasks/<id:task_id>"
_VERSION = "version"


# ---- reads ------------------------------------------------------------------


@bp.read("/tasks", s.TaskPage(), query=s.InboxQuery(), refusals=(401, 404, 422, 503))
def list_tasks(query: dict[str, Any]) -> Page[TaskItem]:
    """List tasks of one tab of the caller's inbox."""
    tab, sort = query.pop("tab"), query.pop("sort")
    cursor, limit = query.pop("cursor", None), query.pop("limit")
    with view() as moment:
        return inbox.inbox(
            moment, tab, sort=sort, filters=Filters(**query), cursor=cursor, limit=limit
        )


@bp.read("/tasks/counts", s.TabCounts(), refusals=(401, 422, 503))
def counts() -> dict[str, int]:
    """How many open tasks the caller's tabs hold, and unread notices, counted up to 1000."""
    with view() as moment:
        return task_counts.counts(moment)


@bp.read(_ONE, s.TaskDetail())
def task(task_id: int) -> Versioned:
    """One task with its form, the values it starts from, and the caller's draft."""
    product = application()
    with view() as moment:
        found = tasks.task_detail(moment, task_id, product.kernel, product.dispatcher.forms)
    return Versioned(value=found, version=found.task.version)


@bp.read(f"{_ONE}/draft", s.DraftRow())
def draft(task_id: int) -> Versioned:
    """The caller's draft of a task."""
    with view() as moment:
        found = tasks.draft(moment, task_id)
    return Versioned(value=found, version=found.version)


# ---- who works on it --------------------------------------------------------


@bp.act("POST", f"{_ONE}/claim", s.TaskDone(), takes=s.VersionBody(), version_field=_VERSION)
def claim(task_id: int, given: dict[str, Any]) -> TaskResult:
    """Take a task from a group's inbox 领单."""
    return execute(c.ClaimTask(task_id=task_id, **given), TaskResult)


@bp.act("POST", "/tasks/next-claim", s.TaskDone(), takes=s.NextClaimBody())
def claim_next(given: dict[str, Any]) -> TaskResult:
    """Take the first free task of the tab `group` 领取下一单; nobody else gets the same."""
    asked = msgspec.json.encode(given, order="sorted").decode()
    sort = given.pop("sort")
    with view() as moment:
        found = inbox.claimable(moment, sort=sort, filters=Filters(**given))
    return execute(c.ClaimNext(asked=asked, tasks=found), TaskResult)


@bp.act("DELETE", f"{_ONE}/claim", s.TaskDone(), version_field=_VERSION)
def release(task_id: int, given: dict[str, Any]) -> TaskResult:
    """Give a claimed task back to its group 释放."""
    return execute(c.ReleaseTask(task_id=task_id, **given), TaskResult)


@bp.act("POST", f"{_ONE}/assignment", s.TaskDone(), takes=s.AssignBody(), version_field=_VERSION)
def assign(task_id: int, given: dict[str, Any]) -> TaskResult:
    """Give a task to a person of its unit 派单 (superiors)."""
    return execute(c.AssignTask(task_id=task_id, **given), TaskResult)


@bp.act("POST", f"{_ONE}/transfer", s.TaskDone(), takes=s.TransferBody(), version_field=_VERSION)
def transfer(task_id: int, given: dict[str, Any]) -> TaskResult:
    """Move a task to another group, unit or person 转派; counts a hand-over."""
    return execute(c.TransferTask(task_id=task_id, **given), TaskResult)


# ---- doing it ---------------------------------------------------------------


@bp.act(
    "POST",
    f"{_ONE}/completion",
    s.CompletionDone(),
    takes=s.CompleteBody(),
    version_field=_VERSION,
)
def complete(task_id: int, given: dict[str, Any]) -> dict[str, Any]:
    """Complete a task with the values of its form; answers with the caller's next task."""
    done, following = execute_and_read(
        c.CompleteTask(task_id=task_id, **given),
        TaskResult,
        lambda moment, done: inbox.next_task(moment, order_id=done.order_id),
    )
    return {
        "task_id": done.task_id,
        "order_id": done.order_id,
        "opened": done.opened,
        "is_ended": done.is_ended,
        "next_task": following,
    }


@bp.act(
    "PUT",
    f"{_ONE}/draft",
    s.DraftDone(),
    takes=s.DraftBody(),
    version_field="draft_version",
)
def save_draft(task_id: int, given: dict[str, Any]) -> dict[str, int]:
    """Keep half-filled values; `If-Match` or `draft_version` refuses to overwrite newer ones."""
    return {"version": execute(c.SaveDraft(task_id=task_id, **given), IdResult).id}


@bp.act("DELETE", f"{_ONE}/draft", None)
def discard_draft(task_id: int) -> None:
    """Throw the caller's draft away."""
    execute(c.DiscardDraft(task_id=task_id), IdResult)


@bp.act("POST", f"{_ONE}/return", s.TaskDone(), takes=s.ReturnBody(), version_field=_VERSION)
def send_back(task_id: int, given: dict[str, Any]) -> TaskResult:
    """Send a task back 退单 to the step before, or to a named earlier one."""
    return execute(c.ReturnTask(task_id=task_id, **given), TaskResult)


# ---- more time --------------------------------------------------------------


@bp.act("POST", f"{_ONE}/extension", Created(), takes=s.ExtensionBody(), status=201)
def ask_extension(task_id: int, given: dict[str, Any]) -> IdResult:
    """Ask for more time 延期申请; the superior gets a task to decide."""
    return execute(c.RequestExtension(task_id=task_id, **given), IdResult)


@bp.act("DELETE", f"{_ONE}/extension", s.TaskDone())
def withdraw_extension(task_id: int) -> TaskResult:
    """Take the request for more time for a task back before it is decided."""
    return execute(c.WithdrawExtension(task_id=task_id), TaskResult)


@bp.act("POST", "/extensions/<id:extension_id>/decision", s.TaskDone(), takes=s.DecisionBody())
def decide_extension(extension_id: int, given: dict[str, Any]) -> TaskResult:
    """Approve or deny more time (superiors)."""
    return execute(c.DecideExtension(extension_id=extension_id, **given), TaskResult)

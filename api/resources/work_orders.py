"""Work orders: lists, one order with all that belongs to it, and what can be done to it."""

from __future__ import annotations

from typing import Any

from api.caller import execute, view
from api.etag import Versioned
from api.operations import Resource
from api.paging import PageQuery
from api.schemas import orders as s
from api.schemas.operations import TimerRow
from engine.domain import commands as c
from engine.domain.facts import Stream
from engine.handlers.results import IdResult, MessageResult, OrderResult
from engine.queries import history, orders
from engine.queries.operations import TimerItem, timers_of
from engine.queries.order_list import OrderFilters, OrderItem, list_orders
from engine.queries.paging import Page

bp = Resource("work_orders", "Work orders 工单: process instances with their business side.")
_ONE = "/work-orders/<id:order_id>"


# ---- reads ------------------------------------------------------------------


@bp.read("/work-orders", s.OrderPage(), query=s.OrderQuery(), refusals=(401, 404, 422, 503))
def list_work_orders(query: dict[str, Any]) -> Page[OrderItem]:
    """List work orders the caller may see, newest first."""
    cursor, limit = query.pop("cursor", None), query.pop("limit")
    with view() as moment:
        return list_orders(moment, filters=OrderFilters(**query), cursor=cursor, limit=limit)


@bp.read(_ONE, s.OrderDetail())
def work_order(order_id: int) -> Versioned:
    """One work order with its tasks, clocks, next events, incidents, attachments."""
    with view() as moment:
        found = orders.order_detail(moment, order_id)
    return Versioned(value=found, version=found.version)


@bp.read(f"{_ONE}/tasks", s.TaskRow(), many=True)
def tasks(order_id: int) -> list[Any]:
    """All tasks of an order, oldest first."""
    with view() as moment:
        orders.visible_order(moment, order_id)
        return orders.tasks_of(moment, order_id)


@bp.read(f"{_ONE}/history", s.EventPage(), query=PageQuery())
def events(order_id: int, query: dict[str, Any]) -> Page[history.EventItem]:
    """Everything that happened to an order, oldest first."""
    with view() as moment:
        orders.visible_order(moment, order_id)
        return history.history(moment, Stream.ORDER, order_id, **query)


@bp.read(f"{_ONE}/clocks", s.ClockNow(), many=True)
def clocks(order_id: int) -> list[orders.ClockItem]:
    """SLA clocks of an order with the time used so far."""
    with view() as moment:
        return orders.clock_items(moment, orders.visible_order(moment, order_id))


@bp.read(f"{_ONE}/upcoming", s.NextEvent(), many=True)
def upcoming(order_id: int) -> list[orders.NextEvent]:
    """What will happen by itself, when, and to whom it goes."""
    with view() as moment:
        return orders.order_detail(moment, order_id).upcoming


@bp.read(f"{_ONE}/timers", TimerRow(), many=True)
def timers(order_id: int) -> list[TimerItem]:
    """Timers of an order, soonest first."""
    with view() as moment:
        orders.visible_order(moment, order_id)
        return timers_of(moment, order_id)


@bp.read(f"{_ONE}/variables", s.VariablesAnswer())
def variables(order_id: int) -> dict[str, Any]:
    """Variables of an order, also after it ended."""
    with view() as moment:
        orders.visible_order(moment, order_id)
        return {"variables": history.variables(moment, order_id)}


@bp.read(f"{_ONE}/comments", s.CommentRow(), many=True)
def comments(order_id: int) -> list[orders.CommentItem]:
    """Comments on an order, oldest first."""
    with view() as moment:
        orders.visible_order(moment, order_id)
        return orders.comments_of(moment, order_id)


@bp.read(f"{_ONE}/attachments", s.AttachmentRow(), many=True)
def attachments(order_id: int) -> list[dict[str, Any]]:
    """Files attached to an order, oldest first."""
    with view() as moment:
        return orders.order_detail(moment, order_id).attachments


# ---- everybody's acts -------------------------------------------------------


@bp.act("POST", "/work-orders", s.OrderDone(), takes=s.StartBody(), status=201)
def start(given: dict[str, Any]) -> OrderResult:
    """Open a work order on the newest version of a process."""
    return execute(c.StartOrder(**given), OrderResult)


@bp.act("POST", f"{_ONE}/hold", s.OrderDone(), takes=s.HoldBody(), version_field="version")
def hold(order_id: int, given: dict[str, Any]) -> OrderResult:
    """Put an order on hold 挂起; the reason decides whether clocks pause."""
    return execute(c.HoldOrder(order_id=order_id, **given), OrderResult)


@bp.act("POST", f"{_ONE}/resumption", s.OrderDone(), takes=s.NoteBody())
def resume(order_id: int, given: dict[str, Any]) -> OrderResult:
    """Let work on a held order go on 解挂."""
    return execute(c.ResumeOrder(order_id=order_id, **given), OrderResult)


@bp.act("POST", f"{_ONE}/urges", s.OrderDone(), takes=s.NoteBody())
def urge(order_id: int, given: dict[str, Any]) -> OrderResult:
    """Urge 催单: counts, tells who works on it, raises the priority."""
    return execute(c.UrgeOrder(order_id=order_id, **given), OrderResult)


@bp.act("POST", f"{_ONE}/comments", s.Created(), takes=s.CommentBody(), status=201)
def comment(order_id: int, given: dict[str, Any]) -> IdResult:
    """Write on an order; mentioned people are notified."""
    mentions = tuple(given.pop("mentions"))
    return execute(c.AddComment(order_id=order_id, mentions=mentions, **given), IdResult)


@bp.act("POST", f"{_ONE}/copies", s.OrderDone(), takes=s.CopyBody())
def copy(order_id: int, given: dict[str, Any]) -> OrderResult:
    """Copy an order 抄送 to people for information."""
    people = tuple(given.pop("people"))
    return execute(c.CopyOrder(order_id=order_id, people=people, **given), OrderResult)


@bp.act("POST", f"{_ONE}/messages", s.MessageDone(), takes=s.MessageBody())
def message(order_id: int, given: dict[str, Any]) -> MessageResult:
    """Deliver a message to one order."""
    return execute(c.SendMessage(order_id=order_id, **given), MessageResult)


# ---- operators' acts --------------------------------------------------------


@bp.act("POST", f"{_ONE}/cancellation", s.OrderDone(), takes=s.ReasonBody())
def cancel(order_id: int, given: dict[str, Any]) -> OrderResult:
    """End an order at once, without what its drawing does on cancellation (operators)."""
    return execute(c.CancelOrder(order_id=order_id, **given), OrderResult)


@bp.act("POST", f"{_ONE}/suspension", s.OrderDone(), takes=s.ReasonBody())
def suspend(order_id: int, given: dict[str, Any]) -> OrderResult:
    """Stop an order: nothing fires and nothing can be completed (operators)."""
    return execute(c.SuspendOrder(order_id=order_id, **given), OrderResult)


@bp.act("POST", f"{_ONE}/reactivation", s.OrderDone(), takes=s.MaybeReasonBody())
def reactivate(order_id: int, given: dict[str, Any]) -> OrderResult:
    """Let a suspended order go on (operators)."""
    return execute(c.ReactivateOrder(order_id=order_id, **given), OrderResult)


@bp.act("PATCH", f"{_ONE}/variables", s.OrderDone(), takes=s.CorrectionBody())
def correct(order_id: int, given: dict[str, Any]) -> OrderResult:
    """Correct variables; the change and its reason stay in the history (operators)."""
    return execute(c.CorrectVariables(order_id=order_id, **given), OrderResult)


@bp.act("POST", f"{_ONE}/incidents/<number:number>/retry", s.OrderDone(), takes=s.RetryBody())
def retry(order_id: int, number: int, given: dict[str, Any]) -> OrderResult:
    """Try a failed step again, with corrected variables if given (operators)."""
    return execute(c.RetryIncident(order_id=order_id, number=number, **given), OrderResult)


@bp.act(
    "POST",
    f"{_ONE}/jobs/<number:number>/completion",
    s.OrderDone(),
    takes=s.JobCompletionBody(),
)
def complete_job(order_id: int, number: int, given: dict[str, Any]) -> OrderResult:
    """Give an external task its result (other systems)."""
    return execute(c.AnswerJob(order_id=order_id, number=number, **given), OrderResult)


@bp.act("POST", f"{_ONE}/jobs/<number:number>/failure", s.OrderDone(), takes=s.JobFailureBody())
def fail_job(order_id: int, number: int, given: dict[str, Any]) -> OrderResult:
    """Fail an external task: as a BPMN error, or as an incident (other systems)."""
    return execute(c.AnswerJob(order_id=order_id, number=number, **given), OrderResult)

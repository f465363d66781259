"""Talk about an order: urge, comment, copy, attach."""

from __future__ import annotations

from engine.domain import access, commands, facts
from engine.domain.access import Act
from engine.domain.facts import Stream
from engine.errors import InvalidError, NotFoundError
from engine.handlers.context import Context
from engine.handlers.escalating import waited_for
from engine.handlers.loading import (
    load_order,
    load_order_to_write_on,
    load_running,
    may_see,
    require_same_order,
)
from engine.handlers.naming import people_named
from engine.handlers.process import Process
from engine.handlers.results import IdResult, OrderResult
from engine.handlers.stepping import settle


class CopyNotFoundError(NotFoundError):
    """The order is not copied to them."""

    code = "copy_not_found"
    template = "Expected work order {order} to be copied to {logins}, but it is not."


class MentionUnseenError(InvalidError):
    """Whoever is mentioned would be told of an order they may not see."""

    code = "mention_unseen"
    template = (
        "Expected {logins} to be allowed to see work order {order} before being mentioned, but "
        "they are not; copy it to them first."
    )


#: How much an urge raises the priority.
_URGE_STEP = 10


def urge_order(context: Context, command: commands.UrgeOrder) -> OrderResult:
    """Urge: count, tell who works on it, raise the priority; the process may draw more."""
    order = load_running(context, command.order_id, Act.WORK)
    process = Process(context, order)
    tasks = context.ledger.open_tasks(order.id)
    process.record(
        facts.OrderUrged(
            count=order.urges + 1, text=command.text, tasks=tuple(task.id for task in tasks)
        )
    )
    process.raise_priority(process.priority + _URGE_STEP)
    people = waited_for(context.ledger, tasks)
    if people:
        process.record(
            facts.Notified(
                people=tuple(people), notice="order_urged", params={"text": command.text}
            )
        )
    process.run.deliver("urge", {"urge_text": command.text})
    settle(process)
    return OrderResult(order_id=order.id, number=order.number)


def add_comment(context: Context, command: commands.AddComment) -> IdResult:
    """Write on an order; the mentioned are notified."""
    order = load_order_to_write_on(context, command.order_id, command.task_id)
    people = people_named(context.ledger, command.mentions)
    blind = [each.login for each in people if not may_see(context, order, each)]
    if blind:
        raise MentionUnseenError(logins=", ".join(blind), order=order.number)
    mentioned = tuple(person.id for person in people)
    comment_id = context.ledger.next_id("comment")
    context.ledger.record(
        Stream.ORDER,
        order.id,
        facts.CommentAdded(
            comment=comment_id, text=command.text, task=command.task_id, mentions=mentioned
        ),
    )
    if mentioned:
        context.ledger.record(
            Stream.ORDER,
            order.id,
            facts.Notified(
                people=mentioned,
                notice="mentioned",
                task=command.task_id,
                params={"text": command.text},
            ),
        )
    return IdResult(id=comment_id)


def copy_order(context: Context, command: commands.CopyOrder) -> OrderResult:
    """Copy an order to people for information."""
    order = load_order(context, command.order_id, Act.WORK)
    require_same_order(command.task_id, order)
    people = tuple(person.id for person in people_named(context.ledger, command.people))
    context.ledger.record(
        Stream.ORDER,
        order.id,
        facts.Copied(people=people, task=command.task_id),
        facts.Notified(people=people, notice="copied", task=command.task_id),
    )
    return OrderResult(order_id=order.id, number=order.number)


def remove_copy(context: Context, command: commands.RemoveCopy) -> OrderResult:
    """Take a copy back: one's own or one that one has sent; superiors any."""
    order = load_order(context, command.order_id)
    ledger, person = context.ledger, context.person
    senders = ledger.copies(order.id)
    found = {login: ledger.person_by_login(login) for login in command.people}
    people = {each.id for each in found.values() if each is not None and each.id in senders}
    missing = [login for login, each in found.items() if each is None or each.id not in people]
    if missing or not people:
        raise CopyNotFoundError(logins=", ".join(missing) or "-", order=order.number)
    if any(person.id not in (each, senders[each]) for each in people):
        access.require(person, Act.LEAD, order.unit_path)
    ledger.record(Stream.ORDER, order.id, facts.CopyRemoved(people=tuple(sorted(people))))
    return OrderResult(order_id=order.id, number=order.number)


def attach_file(context: Context, command: commands.AttachFile) -> IdResult:
    """Enter a stored file into the order."""
    order = load_order_to_write_on(context, command.order_id, command.task_id)
    attachment_id = context.ledger.next_id("attachment")
    context.ledger.record(
        Stream.ORDER,
        order.id,
        facts.AttachmentAdded(
            attachment=attachment_id,
            name=command.name,
            media_type=command.media_type,
            size=command.size,
            sha256=command.sha256,
            task=command.task_id,
        ),
    )
    return IdResult(id=attachment_id)

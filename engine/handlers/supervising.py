"""What superiors do about work: instruct 批示 and supervise 督办."""

from __future__ import annotations

from engine.domain import access, commands, facts
from engine.domain.access import Act
from engine.domain.records import Order, Task
from engine.errors import ConflictError, InvalidError
from engine.handlers.clocks import ORDER_CLOCK, order_of, task_clock
from engine.handlers.context import Context
from engine.handlers.escalating import workers
from engine.handlers.extensions import ClockMissingError
from engine.handlers.holding import InstantPastError
from engine.handlers.loading import load_running, load_task
from engine.handlers.process import Process
from engine.handlers.results import IdResult, TaskResult
from engine.handlers.stepping import settle


class InstructionEmptyError(InvalidError):
    """An instruction says something."""

    code = "instruction_empty"
    template = "Expected an instruction, but it is empty."


class NotSupervisableError(ConflictError):
    """Only drawn tasks are supervised."""

    code = "not_supervisable"
    template = "Expected a drawn task to supervise, but task {task} is a {purpose} task."


class AlreadySupervisedError(ConflictError):
    """The caller supervises the task already."""

    code = "already_supervised"
    template = "Expected task {task} not to be supervised by you yet, but it is."


def instruct_order(context: Context, command: commands.InstructOrder) -> IdResult:
    """Write an instruction who works on it sees as a banner; perhaps set another deadline."""
    order, tasks = _instructed(context, command)
    if not command.text.strip():
        raise InstructionEmptyError
    process = Process(context, order)
    instruction = write_instruction(process, command.text, tasks, task=command.task_id)
    if command.new_due_at is not None:
        if command.new_due_at <= context.now:
            raise InstantPastError(field="new_due_at", value=command.new_due_at.isoformat())
        key = _clock(process, command.task_id)
        process.clocks.set_due(key, command.new_due_at)
        process.reschedule(key)
    settle(process)
    return IdResult(id=instruction)


def _instructed(context: Context, command: commands.InstructOrder) -> tuple[Order, list[Task]]:
    """The order and its tasks the instruction is about, if the caller leads there."""
    if command.task_id is not None:
        if order_of(command.task_id) != command.order_id:
            raise access.TaskNotFoundError(task=command.task_id)
        task, order, path = load_task(context, command.task_id)
        if not access.may(context.person, Act.LEAD, order.unit_path):
            access.require(context.person, Act.LEAD, path)
        return order, [task]
    order = load_running(context, command.order_id, Act.LEAD)
    drawn = [each for each in context.ledger.open_tasks(order.id) if each.purpose == "work"]
    return order, drawn


def write_instruction(
    process: Process, text: str, tasks: list[Task], *, task: int | None = None
) -> int:
    """Record an instruction and tell who works on the tasks; its id."""
    ledger = process.context.ledger
    instruction = ledger.next_id("instruction")
    process.record(facts.Instructed(instruction=instruction, text=text, task=task))
    author = process.context.person.id
    people = tuple(person for person in workers(ledger, tasks) if person != author)
    if people:
        about = task if task is not None or len(tasks) != 1 else tasks[0].id
        process.record(
            facts.Notified(
                people=people, notice="instruction", task=about, params={"instruction": text}
            )
        )
    return instruction


def _clock(process: Process, task: int | None) -> str:
    """The clock a superior sets: the task's own, else the order's.

    Raises:
        ClockMissingError: Neither runs.
    """
    keys = ([] if task is None else [task_clock(task)]) + [ORDER_CLOCK]
    for key in keys:
        if process.clocks.get(key) is not None:
            return key
    raise ClockMissingError(task=task or "-")


def supervise_task(context: Context, command: commands.SuperviseTask) -> TaskResult:
    """Take a task under supervision: the superior gets a task of their own about it."""
    task, order, path = load_task(context, command.task_id)
    person = context.person
    if not access.may(person, Act.LEAD, order.unit_path):
        access.require(person, Act.LEAD, path)
    if task.purpose != "work":
        raise NotSupervisableError(task=task.id, purpose=task.purpose)
    for other in context.ledger.open_tasks(order.id):
        is_mine = other.assignee == person.id and other.target == task.id
        if is_mine and other.purpose == "supervision":
            raise AlreadySupervisedError(task=task.id)
    process = Process(context, order)
    opened = _open(process, task, command.text)
    people = tuple(each for each in workers(context.ledger, [task]) if each != person.id)
    if people:
        process.record(
            facts.Notified(
                people=people, notice="supervised", task=task.id, params={"text": command.text}
            )
        )
    settle(process)
    return TaskResult(task_id=task.id, order_id=order.id, opened=(opened,))


def _open(process: Process, task: Task, text: str) -> int:
    person = process.context.person
    running = process.clocks.running()
    clock = next((key for key in (task_clock(task.id), ORDER_CLOCK) if key in running), "")
    state = running.get(clock)
    due_at = state.due_at.isoformat() if state is not None and state.due_at is not None else ""
    return process.open_ad_hoc(
        purpose="supervision",
        name=f"督办：{task.name}",
        name_en=f"Supervise: {task.name_en}",
        unit_id=task.unit_id,
        users=(person.id,),
        assignee=person.id,
        form="supervise",
        level=task.level,
        priority=process.priority,
        target=task.id,
        details={"clock": clock, "due_at": due_at, "zh": text, "en": text},
    )

"""Lists into files: ask for one, call one off. A worker writes them, see `engine.exporting`."""

from __future__ import annotations

from typing import Final

from engine.domain import commands, facts
from engine.domain.facts import Stream
from engine.errors import ConflictError, InvalidError, NotFoundError
from engine.handlers.context import Context
from engine.handlers.results import IdResult

_FORMATS: Final = ("csv", "xlsx")
#: Longest query string, as of saved views.
_LONGEST_QUERY: Final = 2000
#: So many may wait or run per person.
_MOST: Final = 3


class ExportInvalidError(InvalidError):
    """An export needs a known format and a query."""

    code = "export_invalid"
    template = "Expected {field} of the export to be {expected}, but it is {actual}."


class TooManyExportsError(ConflictError):
    """A person has as many unfinished exports as allowed."""

    code = "too_many_exports"
    template = "Expected fewer than {most} unfinished exports of yours, but you have that many."


class ExportNotFoundError(NotFoundError):
    """No such export of the caller, or not in a state that allows it."""

    code = "export_not_found"
    template = "Expected an export {export} of yours that allows it, but there is none."


class ExportExpiredError(NotFoundError):
    """Files of exports are thrown away after a while."""

    code = "export_expired"
    template = "Expected the file of export {export} to be kept still, but it was thrown away."


def start_export(context: Context, command: commands.StartExport) -> IdResult:
    """Have a list written; what it holds is decided by the caller's rights when it is."""
    if command.format not in _FORMATS:
        raise ExportInvalidError(
            field="format", expected=" | ".join(_FORMATS), actual=command.format[:20]
        )
    query = command.query.lstrip("?")
    if len(query) > _LONGEST_QUERY or not query.isprintable():
        raise ExportInvalidError(
            field="query", expected=f"0-{_LONGEST_QUERY} characters", actual=f"{len(query)}"
        )
    ledger, person = context.ledger, context.person
    if ledger.papers.count_exports(person.id) >= _MOST:
        raise TooManyExportsError(most=_MOST)
    export_id = ledger.next_id("export")
    ledger.papers.add_export(export_id, person.id, command.format, query)
    return IdResult(id=export_id)


def cancel_export(context: Context, command: commands.CancelExport) -> IdResult:
    """Call an unfinished export of one's own off; whoever writes it stops at the next step."""
    if not context.ledger.papers.cancel_export(command.export_id, context.person.id):
        raise ExportNotFoundError(export=command.export_id)
    return IdResult(id=command.export_id)


def finish_export(context: Context, command: commands.FinishExport) -> IdResult:
    """Let the caller have the file. That they took data away in it stays. Source: R98."""
    person = context.person
    found = context.ledger.papers.finish_export(
        command.export_id,
        person.id,
        command.node,
        {
            "state": "ready",
            "sha256": command.sha256,
            "done": command.rows,
            "total": command.rows,
        },
    )
    if found is None:
        raise ExportNotFoundError(export=command.export_id)
    file_format, query = found
    context.ledger.record(
        Stream.PERSON,
        person.id,
        facts.ExportWritten(
            export=command.export_id,
            format=file_format,
            query=query,
            rows=command.rows,
            sha256=command.sha256,
        ),
        facts.Notified(
            people=(person.id,),
            notice="export_ready",
            params={
                "export": command.export_id,
                "zh": f"{command.rows} 条工单，{file_format.upper()} 文件",
                "en": f"Work orders: {command.rows}, {file_format.upper()} file",
            },
        ),
    )
    return IdResult(id=command.export_id)


def fail_export(context: Context, command: commands.FailExport) -> IdResult:
    """Tell the caller that there will be no file."""
    person = context.person
    found = context.ledger.papers.finish_export(
        command.export_id,
        person.id,
        command.node,
        {"state": "failed", "error": command.reason},
    )
    if found is None:
        raise ExportNotFoundError(export=command.export_id)
    context.ledger.record(
        Stream.PERSON,
        person.id,
        facts.Notified(
            people=(person.id,), notice="export_failed", params={"export": command.export_id}
        ),
    )
    return IdResult(id=command.export_id)

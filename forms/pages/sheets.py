"""Forms of tasks and start forms on pages: drawn with their values, read back when posted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec
from flask import request
from werkzeug.datastructures import FileStorage

from engine.domain.forms import FieldProblem, FormInvalidError
from engine.domain.records import Definition
from engine.files import FileEmptyError, FileTooLargeError, FileTypeError
from engine.queries.attachments import named
from engine.queries.tasks import TaskDetail
from engine.store.choices import RecordChoices
from engine.store.view import View
from forms.catalogue import FormJsCatalogue
from forms.pages.caller import application, person, view
from forms.pages.language import language
from forms.pages.moments import zone
from forms.pages.uploads import attach, keep
from forms.rendering import posted as reading
from forms.rendering.drawing import draw
from forms.rendering.items import File, Sheet
from forms.rendering.posted import Asker
from forms.rendering.situation import Situation
from forms.sentences import sentence
from forms.tree import Branch, CompiledForm, Leaf, Node, Rows

__all__ = [
    "Posted", "Sheet", "attached", "kept", "start_posted", "start_sheet", "task_posted",
    "task_sheet",
]  # fmt: skip

#: Ids are smaller than this.
_MOST: Final = 2**63


class Posted(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody sent of a form.

    Attributes:
        values: Values by key; what is none of its type is text as typed.
        files: Newly chosen files by path of their field, until they are attached.
    """

    values: dict[str, Any]
    files: dict[str, list[FileStorage]]


def task_sheet(
    moment: View,
    detail: TaskDetail,
    *,
    values: Mapping[str, Any] | None = None,
    problems: Mapping[str, Sequence[FieldProblem]] | None = None,
    is_fixed: bool = False,
) -> Sheet:
    """The form of a task; empty for a task without one.

    Args:
        moment: The moment and who reads.
        detail: The task.
        values: Values as posted or drafted; None as the variables say.
        problems: What is wrong with them, by path.
        is_fixed: Whether the reader may only look.
    """
    path = f"/tasks/{detail.task.id}/form"
    if detail.content is None:
        return Sheet(path=path, items=(), is_fixed=is_fixed)
    situation = Situation(
        variables=detail.known,
        values=values,
        problems=problems or {},
        language=language(),
        zone=zone(),
        records=RecordChoices(moment, person(), order_id=detail.task.order_id),
        files=_files(
            moment, detail.content, detail.task.order_id, [*_ids(detail.known), *_ids(values)]
        ),
        is_fixed=is_fixed,
        path=path,
    )
    return draw(_catalogue().compiled(detail.content, detail.rights), situation)


def task_posted(detail: TaskDetail) -> Posted:
    """What was sent of the form of a task."""
    if detail.content is None:
        return Posted(values={}, files={})
    form = _catalogue().compiled(detail.content, detail.rights)
    if not form.has_records:
        return _posted(form, None, detail.known)
    with view() as moment:
        return _posted(form, moment, detail.known)


def start_sheet(
    moment: View,
    definition: Definition,
    *,
    path: str,
    values: Mapping[str, Any] | None = None,
    problems: Mapping[str, Sequence[FieldProblem]] | None = None,
) -> Sheet | None:
    """The form with which orders of a process are started, None without one.

    Args:
        moment: The moment and who reads.
        definition: The process.
        path: Address that draws the form again with what was entered.
        values: Values as posted or to begin with.
        problems: What is wrong with them, by path.
    """
    content = _start_content(moment, definition)
    if content is None:
        return None
    situation = Situation(
        variables={},
        values=values,
        problems=problems or {},
        language=language(),
        zone=zone(),
        records=RecordChoices(moment, person()),
        files=_files(moment, content, None, _ids(values)),
        path=path,
    )
    return draw(_catalogue().compiled(content), situation)


def start_posted(moment: View, definition: Definition) -> Posted:
    """What was sent of a start form."""
    content = _start_content(moment, definition)
    if content is None:
        return Posted(values={}, files={})
    return _posted(_catalogue().compiled(content), moment, {})


def attached(posted: Posted, order_id: int, task_id: int | None = None) -> dict[str, Any]:
    """The values with the new files among them, which become attachments of the order.

    From then on they belong to the values, whatever becomes of these: no file is asked for twice.

    Raises:
        FormInvalidError: A file is not accepted; it is named at its field.
    """
    problems = _taken(posted, lambda upload: attach(upload, order_id, task_id))
    if problems:
        raise FormInvalidError(problems)
    return posted.values


def kept(posted: Posted) -> dict[str, list[FieldProblem]]:
    """Keep the new files of a start form and put them among its values; what is wrong with some.

    As for tasks no file is asked for twice.
    """
    return _taken(posted, keep)


def _taken(posted: Posted, take: Callable[[FileStorage], int]) -> dict[str, list[FieldProblem]]:
    problems: dict[str, list[FieldProblem]] = {}
    while posted.files:
        path, uploads = posted.files.popitem()
        for upload in uploads:
            try:
                _append(posted.values, path.split("."), take(upload))
            except (FileTypeError, FileTooLargeError, FileEmptyError) as error:
                problems.setdefault(path, []).append(_problem(error))
    return problems


def _catalogue() -> FormJsCatalogue:
    forms = application().dispatcher.forms
    if not isinstance(forms, FormJsCatalogue):
        raise TypeError(type(forms))
    return forms


def _start_content(moment: View, definition: Definition) -> bytes | None:
    key = definition.description.get("start_form_key")
    return moment.form(definition.id, key) if key else None


def _posted(form: CompiledForm, moment: View | None, variables: Mapping[str, Any]) -> Posted:
    records = None if moment is None else RecordChoices(moment, person())
    asker = Asker(variables=variables, records=records)
    fields = request.form.to_dict(flat=False)
    values = reading.read(form, fields, asker)
    chosen = {path: [one for one in many if one.filename] for path, many in request.files.lists()}
    return Posted(
        values=values,
        files={
            path: many
            for path, many in chosen.items()
            if many and path in fields and _takes_files(form.root, values, path.split("."))
        },
    )


def _takes_files(node: Node, values: Any, path: list[str]) -> bool:
    """Whether a path, which anybody may have made up, leads to a field for files."""
    step, rest = path[0] if path else "", path[1:]
    match node:
        case Leaf():
            return not path and node.component.type == "filepicker"
        case Rows():
            rows = values if isinstance(values, list) else []
            places = {str(number): row for number, row in enumerate(rows)}
            return step in places and _takes_files(node.row, places[step], rest)
        case Branch():
            inner = values.get(step) if isinstance(values, dict) else None
            return step in node.children and _takes_files(node.children[step], inner, rest)


def _files(
    moment: View, content: bytes, order_id: int | None, ids: Iterable[int]
) -> dict[int | str, File]:
    """Files that fields of the form may show: of the order, else the reader's own uploads."""
    if b'"filepicker"' not in content:
        return {}
    return {
        one.id: File(name=one.name, size=one.size, path=f"/attachments/{one.id}")
        for one in named(moment, order_id, ids)
    }


def _ids(values: Any) -> Iterator[int]:
    """Every number in a list, at any depth: attachments are kept so."""
    if isinstance(values, Mapping):
        for value in values.values():
            yield from _ids(value)
    elif isinstance(values, list):
        yield from (one for one in values if type(one) is int and 0 < one < _MOST)
        for one in values:
            yield from _ids(one)


def _append(values: Any, path: list[str], attachment: int) -> None:
    *outer, name = path
    for step in outer:
        values = values[int(step)] if isinstance(values, list) else values.setdefault(step, {})
    values[name] = [*(values.get(name) or []), attachment]


def _problem(error: FileTypeError | FileTooLargeError | FileEmptyError) -> FieldProblem:
    return FieldProblem(
        code=error.code,
        zh=sentence(error.code, error.params, str(error), "zh"),
        en=sentence(error.code, error.params, str(error), "en"),
    )

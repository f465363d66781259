"""Process definitions: the catalogue, the files, and publishing."""

from __future__ import annotations

import base64
import binascii
from typing import Any, Final

import msgspec
from flask import Response, request
from marshmallow import ValidationError

from api.caller import application, execute, person, view
from api.operations import Resource
from api.refusals import BodyInvalidRefusal
from api.schemas import definitions as s
from api.schemas.fields import check_text, code
from engine.domain import access
from engine.domain import commands as c
from engine.domain.access import Act
from engine.domain.records import Definition
from engine.examination import ENDINGS, MOST_BYTES, examine
from engine.handlers.results import DeploymentResult
from engine.queries import records
from engine.store.view import View

bp = Resource("definitions", "Process definitions 流程定义: BPMN, DMN and form files, versioned.")
_ONE: Final = "/definitions/<id:definition_id>"
_MOST_FILES: Final = 200
_BPMN, _DMN, _FORM = "application/xml", "application/xml", "application/json"


@bp.read(
    "/definitions", s.DefinitionItem(), many=True, query=s.DefinitionQuery(),
    refusals=(401, 422, 503),
)  # fmt: skip
def list_definitions(query: dict[str, Any]) -> list[dict[str, Any]]:
    """List published processes, newest versions or all."""
    with view() as moment:
        latest = moment.setup.latest
        found = (
            moment.setup.definitions.values() if query["versions"] == "all" else latest.values()
        )
        return [
            _item(moment, definition)
            for definition in sorted(found, key=lambda one: (one.key, one.version))
            if query.get("key") in (None, definition.key)
        ]


@bp.read(_ONE, s.DefinitionDetail())
def definition(definition_id: int) -> dict[str, Any]:
    """One version of a process and what is in it."""
    with view() as moment:
        found = moment.setup.definition(definition_id)
        files = records.definition_files(moment, definition_id)
        return {**found.description, **_item(moment, found), "files": sorted(files)}


@bp.read(f"{_ONE}/xml", None, media=_BPMN)
def xml(definition_id: int) -> Response:
    """The BPMN file as deployed."""
    with view() as moment:
        name = moment.setup.definition(definition_id).description["file"]
        return _file(records.definition_file(moment, definition_id, name), _BPMN, name)


@bp.read(f"{_ONE}/forms/<key:form_key>", None, media=_FORM)
def form(definition_id: int, form_key: str) -> Response:
    """A form-js form as deployed with this version."""
    name = f"{form_key}.json"
    with view() as moment:
        return _file(records.definition_file(moment, definition_id, name), _FORM, name)


@bp.read(f"{_ONE}/decisions/<key:file_key>", None, media=_DMN)
def decision(definition_id: int, file_key: str) -> Response:
    """A DMN file as deployed with this version, by its name without the ending."""
    name = f"{file_key}.dmn"
    with view() as moment:
        return _file(records.definition_file(moment, definition_id, name), _DMN, name)


@bp.act(
    "POST",
    "/deployments",
    s.DeploymentDone(),
    takes=s.DeploymentBody(),
    files=s.DEPLOYMENT_FORM,
    status=201,
    body_bytes=MOST_BYTES,
)
def deploy(given: dict[str, Any] | None) -> DeploymentResult:
    """Publish all processes of a set of files; refused with every finding at once."""
    access.require_anywhere(person(), Act.PUBLISH)
    return execute(c.Deploy(files=_files(given)), DeploymentResult)


@bp.act(
    "POST",
    "/deployments/check",
    s.Diagnosis(),
    takes=s.DeploymentBody(),
    files=s.DEPLOYMENT_FORM,
    keyed=False,
    body_bytes=MOST_BYTES,
)
def check(given: dict[str, Any] | None) -> dict[str, Any]:
    """Say everything about files before they are published; changes nothing."""
    access.require_anywhere(person(), Act.PUBLISH)
    dispatcher = application().dispatcher
    with dispatcher.view(person()) as moment:
        examined = examine(
            dispatcher.kernel,
            dispatcher.forms,
            moment.setup,
            _files(given),
            moment.resources,
        )
    return {
        "is_refused": examined.is_refused,
        "findings": examined.findings,
        "processes": [process.key for process in examined.diagnosis.processes],
        "decisions": examined.diagnosis.decisions,
    }


def _item(moment: View, found: Definition) -> dict[str, Any]:
    return {
        **msgspec.structs.asdict(found),
        "is_latest": moment.setup.latest[found.key].id == found.id,
        "start_form_key": found.description.get("start_form_key"),
    }


def _file(content: bytes, media: str, name: str) -> Response:
    response = Response(content, content_type=media)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _files(given: dict[str, Any] | None) -> dict[str, bytes]:
    """Files of a JSON body or of a multipart form."""
    if given is None:
        uploads = request.files.getlist("files")
        files = {upload.filename or "": upload.stream.read() for upload in uploads}
        if len(files) != len(uploads) or set(request.files) | set(request.form) > {"files"}:
            raise BodyInvalidRefusal({"files": [code("repeated")]})
    else:
        files = {name: _decoded(name, content) for name, content in given["files"].items()}
    if not 1 <= len(files) <= _MOST_FILES:
        raise BodyInvalidRefusal({"files": [code("items_between", 1, _MOST_FILES)]})
    for name in files:
        _check_name(name)
    return files


def _decoded(name: str, content: str) -> bytes:
    try:
        return base64.b64decode(content, validate=True)
    except (ValueError, binascii.Error):
        raise BodyInvalidRefusal({f"files.{name}": [code("not_base64")]}) from None


def _check_name(name: str) -> None:
    try:
        check_text(name)
    except ValidationError as exc:
        raise BodyInvalidRefusal({"files": list(map(str, exc.messages))}) from None
    if not name.endswith(ENDINGS) or "/" in name or "\\" in name:
        raise BodyInvalidRefusal({f"files.{name}": [code("not_among", ", ".join(ENDINGS))]})

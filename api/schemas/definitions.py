"""Process definitions and deployments."""

from __future__ import annotations

from typing import Any, get_args

from marshmallow import fields

from api.schemas import answers as a
from api.schemas.base import Answer, Body, Query
from api.schemas.fields import Text
from engine.domain.findings import Severity


class DefinitionQuery(Query):
    """Which versions to list."""

    key = Text(most=100, metadata={"description": "Process key."})
    versions = Text(among=("latest", "all"), load_default="latest")


class DeploymentBody(Body):
    """Files in Base64 by name."""

    files = fields.Dict(
        required=True,
        keys=Text(least=1, most=200),
        values=Text(most=24_000_000),
        metadata={
            "description": "BPMN, DMN and form files; content in Base64.",
            "example": {"greeting.bpmn": "PD94bWwgdmVyc2lvbj0iMS4wIj8+"},
        },
    )


#: The same files as parts of a form.
DEPLOYMENT_FORM: dict[str, Any] = {
    "type": "object",
    "required": ["files"],
    "properties": {
        "files": {
            "type": "array",
            "minItems": 1,
            "items": {"type": "string", "contentMediaType": "application/octet-stream"},
        }
    },
}


class DefinitionItem(Answer):
    """One published version of a process."""

    id = a.ident()
    key = a.text("leased_line_provisioning")
    version = a.number(3)
    name = a.text("专线开通")
    name_en = a.text("Leased-line provisioning")
    published_at = a.instant()
    is_latest = a.truth()
    start_form_key = a.text("start_provisioning", null=True)


class TaskDrawn(Answer):
    """A user task as drawn."""

    element_id = a.text("construct")
    name = a.text("施工")
    name_en = a.text("Construction")
    lane = a.text("lane_construction", null=True)
    form_key = a.text("construct", null=True)
    properties = a.obj("Extension properties.")


class DefinitionDetail(DefinitionItem):
    """One version with what is in it."""

    file = a.text("leased_line_provisioning.bpmn")
    publish = a.many(a.text("bandwidth"), "Variables lists show and filter by.")
    properties = a.obj("Extension properties of the process.")
    tasks = fields.List(fields.Nested(TaskDrawn))
    messages = a.many(a.text("order_received"), "Messages that start it.")
    calls = a.many(a.text("hq_equipment"), "Processes it calls.")
    decisions = a.many(a.text("sla_choice"))
    topics = a.many(a.text("register_service"))
    files = a.many(a.text("construct.json"), "Names of the files of its deployment.")


class FindingRow(Answer):
    """A remark about a file."""

    severity = a.word("refused", get_args(Severity), "Only `refused` prevents publishing.")
    code = a.text("timer-invalid", "Rule of docs/diagram-rules.md.")
    file = a.text("greeting.bpmn")
    line = a.number(12, null=True)
    column = a.number(5, null=True)
    element_id = a.text("timer_1", null=True)
    element_name = a.text("等待", null=True)
    message = a.text("Expected a duration, but …")
    message_zh = a.text("应为时间长度……")
    advice = a.text("Write a time such as PT4H.", "What to do.")
    advice_zh = a.text("请填写时间，例如 PT4H。")


class Diagnosis(Answer):
    """Everything there is to say about files; nothing was published."""

    is_refused = a.truth()
    findings = fields.List(fields.Nested(FindingRow))
    processes = a.many(a.text("leased_line_provisioning"))
    decisions = a.many(a.text("sla_choice"))


class Published(Answer):
    """One process of a deployment."""

    id = a.ident()
    key = a.text("leased_line_provisioning")
    version = a.number(3)
    is_new = a.truth("False if it equals the newest version, which then stays.")


class DeploymentDone(Answer):
    """What a deployment published."""

    definitions = fields.List(fields.Nested(Published))

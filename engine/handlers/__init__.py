"""Handlers: one function per command. `HANDLERS` is the whole list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine.domain import commands as c
from engine.handlers import (
    assigning,
    customers,
    definitions,
    due,
    extensions,
    holding,
    incidents,
    messages,
    orders,
    people,
    setup,
    talk,
    tasks,
)
from engine.handlers.context import Context
from engine.handlers.results import Result

Handler = Callable[[Context, Any], Result]

HANDLERS: Mapping[type[c.Command], Handler] = {
    c.Deploy: definitions.deploy,
    c.StartOrder: orders.start_order,
    c.HoldOrder: holding.hold_order,
    c.ResumeOrder: holding.resume_order,
    c.UrgeOrder: talk.urge_order,
    c.CancelOrder: orders.cancel_order,
    c.SuspendOrder: orders.suspend_order,
    c.ReactivateOrder: orders.reactivate_order,
    c.SendMessage: messages.send_message,
    c.AddComment: talk.add_comment,
    c.CopyOrder: talk.copy_order,
    c.AttachFile: talk.attach_file,
    c.CorrectVariables: incidents.correct_variables,
    c.RetryIncident: incidents.retry_incident,
    c.AnswerJob: incidents.answer_job,
    c.ClaimTask: assigning.claim_task,
    c.ReleaseTask: assigning.release_task,
    c.AssignTask: assigning.assign_task,
    c.TransferTask: assigning.transfer_task,
    c.CompleteTask: tasks.complete_task,
    c.SaveDraft: tasks.save_draft,
    c.DiscardDraft: tasks.discard_draft,
    c.ReturnTask: tasks.return_task,
    c.RequestExtension: extensions.request_extension,
    c.DecideExtension: extensions.decide_extension,
    c.FireDue: due.fire_due,
    c.SaveUnit: setup.save_unit,
    c.SaveCalendar: setup.save_calendar,
    c.SavePolicies: setup.save_policies,
    c.SavePerson: people.save_person,
    c.GrantRoles: people.grant_roles,
    c.IssueToken: people.issue_token,
    c.RevokeToken: people.revoke_token,
    c.ReadNotices: people.read_notices,
    c.SaveCustomer: customers.save_customer,
    c.SaveContact: customers.save_contact,
    c.SaveContract: customers.save_contract,
}

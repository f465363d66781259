"""Handlers: one function per command. `HANDLERS` is the whole list, `AHEAD` what comes before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine.domain import commands as c
from engine.handlers import (
    absences,
    assigning,
    customers,
    definitions,
    delegating,
    due,
    exports,
    extensions,
    holding,
    incidents,
    messages,
    moving,
    orders,
    people,
    personal,
    setup,
    signing,
    supervising,
    taking_back,
    talk,
    tasks,
    uploads,
)
from engine.handlers.context import Beforehand, Context
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
    c.RemoveCopy: talk.remove_copy,
    c.InstructOrder: supervising.instruct_order,
    c.SuperviseTask: supervising.supervise_task,
    c.AttachFile: talk.attach_file,
    c.KeepUpload: uploads.keep_upload,
    c.CorrectVariables: incidents.correct_variables,
    c.RetryIncident: incidents.retry_incident,
    c.SendAgain: incidents.send_again,
    c.AnswerJob: incidents.answer_job,
    c.ClaimTask: assigning.claim_task,
    c.ClaimNext: assigning.claim_next,
    c.ReleaseTask: assigning.release_task,
    c.AssignTask: assigning.assign_task,
    c.TransferTask: assigning.transfer_task,
    c.CompleteTask: tasks.complete_task,
    c.SaveDraft: tasks.save_draft,
    c.DiscardDraft: tasks.discard_draft,
    c.ReturnTask: moving.return_task,
    c.TakeBackStep: taking_back.take_back_step,
    c.JumpTask: moving.jump_task,
    c.DelegateTask: delegating.delegate_task,
    c.GiveBackTask: delegating.give_back_task,
    c.AddSigners: signing.add_signers,
    c.RemoveSigners: signing.remove_signers,
    c.RequestExtension: extensions.request_extension,
    c.WithdrawExtension: extensions.withdraw_extension,
    c.DecideExtension: extensions.decide_extension,
    c.FireDue: due.fire_due,
    c.SaveUnit: setup.save_unit,
    c.SaveCalendar: setup.save_calendar,
    c.SavePolicies: setup.save_policies,
    c.SavePerson: people.save_person,
    c.GrantRoles: people.grant_roles,
    c.SaveAbsence: absences.save_absence,
    c.EndAbsence: absences.end_absence,
    c.ChangePassword: people.change_password,
    c.SnoozeTask: personal.snooze_task,
    c.SavePreferences: personal.save_preferences,
    c.SaveView: personal.save_view,
    c.RemoveView: personal.remove_view,
    c.StartExport: exports.start_export,
    c.CancelExport: exports.cancel_export,
    c.FinishExport: exports.finish_export,
    c.FailExport: exports.fail_export,
    c.IssueToken: people.issue_token,
    c.RevokeToken: people.revoke_token,
    c.ReadNotices: people.read_notices,
    c.SaveCustomer: customers.save_customer,
    c.SaveContact: customers.save_contact,
    c.RevealContact: customers.reveal_contact,
    c.SaveContract: customers.save_contract,
}

#: What takes long and needs no lock: done before the transaction, whose handler gets the answer.
AHEAD: Mapping[type[c.Command], Callable[[Beforehand, Any], object]] = {
    c.Deploy: definitions.look_through,
}

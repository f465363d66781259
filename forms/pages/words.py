"""Codes as people read them: every code the desk shows has its word here, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from engine.domain.escalation import EVENT
from engine.domain.setup import Setup
from engine.domain.sla import ZERO, parse_point
from forms.pages.language import choose, gettext, language, mark
from forms.pages.moments import length


class Words(dict[str, str]):
    """Words of codes, marked for translation; called with a code it gives the reader's word.

    A code that has none stays as it is.
    """

    def __call__(self, code: str) -> str:
        """The word of a code."""
        return gettext(self[code]) if code in self else code


#: Roles, as the lanes of the diagrams call them.
role_word: Final = Words(
    sales=mark("Sales"),
    agent=mark("Reception"),
    key_account_desk=mark("Key-account desk"),
    network=mark("Network"),
    line=mark("Transmission and lines"),
    hq_equipment=mark("Headquarters equipment"),
    construction=mark("Construction"),
    billing=mark("Billing"),
    responsible_dept=mark("Responsible department"),
    hq_desk=mark("Headquarters desk"),
    call_back=mark("Call-back"),
    supervisor=mark("Supervisor"),
    manager=mark("Manager in charge"),
    operator=mark("Process operator"),
    auditor=mark("Auditor"),
    process_owner=mark("Process owner"),
    integration=mark("Connected system"),
    admin=mark("Administrator"),
)
#: Business states of orders and complaints. Source: TMF641 and TMF621, docs/modelling.md.
state_word: Final = Words(
    acknowledged=mark("Accepted"),
    inProgress=mark("In progress"),
    held=mark("On hold"),
    pending=mark("Waiting"),
    assessingCancellation=mark("Cancellation in assessment"),
    pendingCancellation=mark("Being cancelled"),
    cancelled=mark("Cancelled"),
    rejected=mark("Rejected"),
    partial=mark("Partly done"),
    failed=mark("Failed"),
    completed=mark("Completed"),
    resolved=mark("Resolved"),
    closed=mark("Closed"),
)
#: Whether an order's instance moves.
status_word: Final = Words(
    running=mark("Running"),
    suspended=mark("Suspended"),
    ended=mark("Ended"),
)
#: How an order ended.
outcome_word: Final = Words(
    completed=mark("Completed"),
    cancelled=mark("Cancelled"),
    terminated=mark("Ended"),
)
#: What an escalation does.
action_word: Final = Words(
    notify=mark("notify"),
    supervise=mark("open a supervision task"),
    reassign=mark("reassign"),
    raise_priority=mark("raise the priority"),
)
#: What happens to an order and may set off an escalation. Source: docs/clocks.md, escalation.
_event_word: Final = Words(
    hold=mark("put on hold"),
    reopened_again=mark("reopened again"),
    handed_over_often=mark("handed over more than three times"),
)
#: Kinds of incidents. Source: `engine.domain.effects.IncidentOpened`.
PROBLEMS: Final[Mapping[str, str]] = {
    "expression": mark("An expression cannot be computed"),
    "no_flow": mark("No flow leads on"),
    "uncaught_error": mark("Nobody catches an error"),
    "decision": mark("A decision gives no answer"),
    "called_process": mark("A called process cannot start"),
    "timer": mark("A timer cannot be set"),
    "job": mark("A connected system reports a failure"),
    "loop": mark("The process goes round in circles"),
}
#: Where an escalation goes, relative to the work.
SCOPES: Final[Mapping[str, str]] = {
    "own_unit": mark("%(role)s of the unit"),
    "branch": mark("%(role)s of the branch"),
    "hq": mark("%(role)s of headquarters"),
}


def problem_word(kind: str) -> str:
    """Kind of an incident."""
    return gettext(PROBLEMS[kind]) if kind in PROBLEMS else gettext("A step cannot go on")


def receiver_word(to: str) -> str:
    """Whom a planned escalation is for: ``role@scope`` as `NextEvent.to` says, or the assignee."""
    role, _, scope = to.partition("@")
    if scope not in SCOPES:
        return gettext("who works on it")
    if role.startswith("hq_"):
        return role_word(role)  # says where by itself
    return gettext(SCOPES[scope], role=role_word(role))


def hold_word(code: str, setup: Setup) -> str:
    """A reason to put work on hold."""
    reason = setup.reasons.get(code)
    return code if reason is None else choose(reason.name_zh, reason.name_en)


def policy_word(sla_key: str, setup: Setup) -> str:
    """A service level; rows of one key share its name, the plainest is taken."""
    named = [policy for policy in setup.policies if policy.key == sla_key]
    plain = sorted(named, key=lambda policy: (policy.customer_class or "", policy.unit_code or ""))
    return choose(plain[0].name_zh, plain[0].name_en) if plain else sla_key


#: Why a task is there, and the picture of it. Work has the picture of its process.
PURPOSES: Final[Mapping[str, tuple[str, str]]] = {
    "work": (mark("Ordinary task"), "workflow"),
    "supervision": (mark("Supervision"), "megaphone"),
    "extension": (mark("More time asked for"), "hourglass"),
    "signature": (mark("Signature"), "stamp"),
}
#: Pictures of the processes that come with the product; others have that of all work.
PICTURES: Final[Mapping[str, str]] = {
    "leased_line_provisioning": "cable",
    "line_lease": "route",
    "complaint_escalation": "message-square-warning",
    "ordinary_complaint": "message-square-warning",
    "hq_complaint": "message-square-warning",
    "hq_equipment": "layers",
    "follow_up_visit": "phone",
}
#: State of a task.
task_state_word: Final = Words(
    open=mark("To claim"),
    claimed=mark("Claimed"),
    completed=mark("Completed"),
    withdrawn=mark("Withdrawn"),
)
#: Least priority of each word, the highest first.
PRIORITIES: Final = ((80, mark("Urgent")), (60, mark("Raised")), (0, mark("Normal")))


def purpose_word(code: str) -> str:
    """Why a task is there."""
    return gettext(PURPOSES[code][0]) if code in PURPOSES else code


def task_picture(purpose: str, process_key: str) -> str:
    """Name of a task's icon."""
    if purpose != "work" and purpose in PURPOSES:
        return PURPOSES[purpose][1]
    return PICTURES.get(process_key, PURPOSES["work"][1])


def priority_word(priority: int) -> str:
    """How urgent."""
    return gettext(next(word for least, word in PRIORITIES if priority >= least))


def process_word(key: str, setup: Setup) -> str:
    """Name of a process, as in its newest version."""
    definition = setup.latest.get(key)
    return key if definition is None else choose(definition.name, definition.name_en)


def trigger_word(trigger: str) -> str:
    """What sets off an escalation: a point on a clock, or an event; empty if nobody knows."""
    if not trigger:
        return ""
    if trigger.startswith(EVENT):
        return _event_word(trigger.removeprefix(EVENT))
    fraction, after = parse_point(trigger)
    if after:
        time = length(abs(after))
        if after > ZERO:
            return gettext("%(time)s after the deadline", time=time)
        return gettext("%(time)s before the deadline", time=time)
    if fraction in (0, 1):
        return gettext("at the deadline") if fraction else gettext("at the start")
    return gettext("%(percent)g%% of the time used", percent=100 * fraction)


def title_word(title: str, process_key: str, setup: Setup) -> str:
    """Title of an order; one that begins with its process's name does so in both languages."""
    return setup.title_in(title, process_key, language())


#: Ways a customer likes to be told. Source: R103.
channel_word: Final = Words(
    phone=mark("Telephone"),
    email=mark("E-mail message"),
    sms=mark("Text message"),
    wechat=mark("WeChat"),
)
#: Kinds of services. Source: the start form of provisioning.
service_word: Final = Words(
    internet=mark("Internet line"),
    ip=mark("IP line"),
    vpdn=mark("VPDN"),
    frame_relay=mark("Frame relay"),
    mpls_vpn=mark("MPLS VPN"),
    hosting=mark("Server hosting"),
    idc=mark("IDC room"),
)
#: How far a service is.
service_state_word: Final = Words(
    designed=mark("Planned"),
    reserved=mark("Reserved"),
    active=mark("In use"),
    terminated=mark("Terminated service"),
)
#: How far a contract is.
contract_state_word: Final = Words(
    signed=mark("Signed"),
    filed=mark("Filed"),
)

"""What notices say, in both languages; used by e-mail and by pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: Notice to (subject zh, subject en); ``{order}`` and the notice's own parameters may be named.
NOTICES: dict[str, tuple[str, str]] = {
    "task_assigned": ("新任务已派给您：{order}", "A task was assigned to you: {order}"),
    "task_transferred": ("有任务转派给您：{order}", "A task was transferred to you: {order}"),
    "task_delegated": ("请您代为准备任务：{order}", "Please prepare a task: {order}"),
    "task_given_back": ("委托的任务已交回：{order}", "A delegated task is back: {order}"),
    "task_recalled": (
        "委托给您的任务已收回：{order}",
        "A delegated task was called back: {order}",
    ),
    "task_jumped": ("流程已转到别的环节：{order}", "The process went on elsewhere: {order}"),
    "substitute_named": ("请您代理他人的工作", "Please stand in for somebody"),
    "substitute_set": ("已为您设置代理人", "Somebody was asked to stand in for you"),
    "order_urged": ("客户催单：{order}", "The customer is urging: {order}"),
    "mentioned": ("有人在工单中提到您：{order}", "You were mentioned: {order}"),
    "copied": ("工单抄送：{order}", "Copied to you: {order}"),
    "reminder": ("即将到期：{order}", "Due soon: {order}"),
    "escalated": ("超期升级：{order}", "Escalated to you: {order}"),
    "instruction": ("批示：{order}", "Instruction from your superior: {order}"),
    "supervised": ("督办：{order}", "Supervised by your superior: {order}"),
    "signature_asked": ("请您会签：{order}", "Your signature is asked for: {order}"),
    "signatures_given": ("会签意见已齐：{order}", "All opinions are there: {order}"),
    "signatures_failed": ("会签未通过：{order}", "Your signers did not agree: {order}"),
    "extension_approved": ("延期已批准：{order}", "More time was granted: {order}"),
    "extension_denied": ("延期未批准：{order}", "More time was denied: {order}"),
    "export_ready": ("导出已完成", "Your export is ready"),
    "export_failed": ("导出失败", "Your export failed"),
    "sales_notice": ("请与客户联系：{order}", "Please contact the customer: {order}"),
    "service_in_use": ("专线已开通：{order}", "The line is in use: {order}"),
    "order_in_jeopardy": ("工单有超期风险：{order}", "Deadline in danger: {order}"),
}

#: Notices that leave at once, whatever digests and quiet hours their reader has chosen.
URGENT: frozenset[str] = frozenset({"escalated"})


def wording(notice: str, language: str, params: Mapping[str, Any]) -> tuple[str, str]:
    """Subject of a notice, and what else it says, perhaps nothing.

    A notice passed on to a substitute names who is ``absent``.

    Args:
        notice: Key of `NOTICES`.
        language: ``zh`` or ``en``.
        params: Parameters of the notice and ``order``, the business number; without it where
            that stands elsewhere.
    """
    zh, en = NOTICES[notice]
    order = str(params.get("order", ""))
    subject = (zh if language == "zh" else en).format(order=order).rstrip("：: ")
    if absent := params.get("absent"):
        subject += f"（代{absent}）" if language == "zh" else f" (for {absent})"
    detail = params.get(language) or params.get("text") or params.get("instruction")
    detail = detail or params.get("comment") or ""
    return subject, str(detail).strip()

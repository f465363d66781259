"""What notices say, in both languages; used by e-mail and by pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: Notice to (subject zh, subject en); ``{order}`` and the notice's own parameters may be named.
NOTICES: dict[str, tuple[str, str]] = {
    "task_assigned": ("新任务已派给您:{order}", "A task was assigned to you: {order}"),
    "task_transferred": ("有任务转派给您:{order}", "A task was transferred to you: {order}"),
    "order_urged": ("客户催单:{order}", "The customer is urging: {order}"),
    "mentioned": ("有人在工单中提到您:{order}", "You were mentioned: {order}"),
    "copied": ("工单抄送:{order}", "Copied to you: {order}"),
    "reminder": ("即将到期:{order}", "Due soon: {order}"),
    "escalated": ("超期升级:{order}", "Escalated to you: {order}"),
    "instruction": ("批示:{order}", "Instruction from your superior: {order}"),
    "extension_approved": ("延期已批准:{order}", "More time was granted: {order}"),
    "extension_denied": ("延期未批准:{order}", "More time was denied: {order}"),
    "sales_notice": ("请与客户联系:{order}", "Please contact the customer: {order}"),
    "service_in_use": ("专线已开通:{order}", "The line is in use: {order}"),
    "order_in_jeopardy": ("工单有超期风险:{order}", "Deadline in danger: {order}"),
}


def wording(notice: str, language: str, params: Mapping[str, Any]) -> tuple[str, str]:
    """Subject and text of a notice.

    Args:
        notice: Key of `NOTICES`.
        language: ``zh`` or ``en``.
        params: Parameters of the notice and ``order``, the business number.
    """
    zh, en = NOTICES[notice]
    order = str(params.get("order", ""))
    subject = (zh if language == "zh" else en).format(order=order)
    detail = params.get(language) or params.get("text") or params.get("instruction")
    detail = detail or params.get("comment") or ""
    return subject, f"{subject}\n\n{detail}".strip()

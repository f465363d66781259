"""What refusals say in Chinese and English.

English comes with each error class of the engine; here is the Chinese for every code,
and both languages for remarks about single fields. A test keeps the table complete.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

#: Languages people read.
Language = Literal["zh", "en"]

#: Chinese sentence of every code; parameters in braces as in the English template.
CHINESE: Final[dict[str, str]] = {
    # ---- the edge
    "malformed_json": "请求内容应为 UTF-8 编码的 JSON，但在第 {position} 个字符处无法读取。",
    "malformed_request": "请求不符合 HTTP 规范，无法读取。",
    "wrong_content_type": "请求内容的类型应为 {expected}，实际为 {actual}。",
    "body_too_large": "请求内容不应超过 {most} 字节，但超过了。",
    "not_found": "此地址不存在。",
    "method_not_allowed": "此地址支持的方法为 {allowed}，实际为 {actual}。",
    "sign_in_required": "Authorization 头中应有有效的令牌，但没有。",
    "sign_in_refused": "账号或密码不正确。",
    "foreign_request": "请求应来自本工单台的页面，实际来自 {origin}。",
    "sign_in_blocked": "登录失败次数过多，请在 {seconds} 秒后再试。",
    "precondition_failed": "If-Match 指定的版本不是当前版本。",
    "invalid_body": "有 {count} 个字段不符合要求。",
    "internal_error": "系统内部出错，运维人员可凭编号 {request_id} 在日志中查到原因。",
    "idempotency_key_invalid": "Idempotency-Key 应为 1 至 100 个可见 ASCII 字符。",
    # ---- work orders and tasks
    "order_not_found": "没有您可以查看的工单 {order}。",
    "task_not_found": "没有您可以查看的任务 {task}。",
    "task_not_open": "任务 {task} 已不在待办状态，不能再操作。",
    "task_taken": "任务 {task} 已由他人认领。",
    "already_yours": "任务 {task} 已由您认领，无需再次认领。",
    "nothing_to_claim": "没有您可以认领的任务了。",
    "not_yours": "任务 {task} 不由您办理。",
    "not_candidate": "办理任务 {task} 需要以下角色之一：{roles}，您都没有。",
    "not_allowed": "在此处执行“{act}”需要以下角色之一：{roles}，您都没有。",
    "four_eyes": "任务 {task} 须由他人办理：它复核的环节由您办理过。",
    "delegated_give_back": "任务 {task} 已委托他人，须先交回委托人。",
    "delegate_unfit": (
        "任务 {task} 不能委托给 {login}：须是您可见单位中、不受双人复核限制的另一人。"
    ),
    "not_delegated": "任务 {task} 没有委托他人。",
    "not_your_step": "任务 {task} 不是您办结的，不能撤回。",
    "step_moved_on": "任务 {task} 之后的环节已有人处理，或流程已继续，不能撤回。",
    "step_effective": "任务 {task} 完成后，除后续任务外还产生了不能收回的结果，不能撤回。",
    "act_unknown": "这里没有 {act} 操作。",
    "absence_time": "外出的结束时间应晚于开始时间和当前时间，实际为 {ends_at}。",
    "substitute_unfit": "{login} 不能代理 {absent}：代理人须是其可见单位中的另一人。",
    "absence_overlaps": "{login} 在这段时间已登记外出。",
    "substitute_chain": (
        "这段时间内，代理人 {login} 也外出，或 {absent} 正在代理他人，不能再设代理。"
    ),
    "absence_not_found": "没有您可以结束的外出 {absence}。",
    "absence_over": "外出 {absence} 已经结束。",
    "task_without_group": "任务 {task} 没有所属的岗位组，不能释放。",
    "transfer_target": "所选的岗位组、单位或人员不能办理该任务。",
    "no_earlier_step": "任务 {task} 没有可以退回的环节。",
    "not_returnable": "只有流程图中的任务可以退回，任务 {task} 不是。",
    "dead_letter_not_found": "没有可重发的消息 {letter}。",
    "decide_instead": "任务 {task} 是延期审批，请选择批准或不批准。",
    "draft_stale": "草稿已在别处保存（当前版本 {actual}），请刷新后再改。",
    "stale_version": "您查看期间已有人改动，请刷新后再试。",
    "stale_write": "办理期间数据已被改动，请重试。",
    "order_on_hold": "工单 {order} 已挂起，解挂后才能办理。",
    "already_on_hold": "工单 {order} 已经挂起。",
    "not_on_hold": "工单 {order} 没有挂起。",
    "hold_reason_unknown": "挂起原因应为 {known} 之一，实际为 {reason}。",
    "instant_past": "{field} 应为将来的时间，实际为 {value}。",
    "order_not_running": "工单 {order} 已结束或已冻结，不能再操作。",
    "order_not_suspended": "工单 {order} 没有冻结。",
    "step_not_possible": "工单 {order} 中应有待处理的 {what}，但没有。",
    "correlation_missing": "应指明工单，或用于查找工单的公开变量，但两者都没有。",
    "message_not_awaited": "应有等待消息 {message} 的工单或由它启动的流程，但都没有。",
    "message_starts_several": "消息 {message} 应只启动一个流程，但它启动 {processes}。",
    "instruction_empty": "批示内容不能为空。",
    "not_supervisable": "只有流程图中的任务可以督办，任务 {task} 不是。",
    "already_supervised": "您已在督办任务 {task}。",
    "mention_unseen": "{logins} 看不到工单 {order}，请先抄送给对方再提醒。",
    "copy_not_found": "工单 {order} 没有抄送给 {logins}。",
    "no_signing_round": "任务 {task} 没有会签人。",
    "signing_rule": "{field} 应为 {expected}，实际为 {actual}。",
    "too_many_signers": "会签人最多 {most} 人，实际为 {actual} 人。",
    "not_signable": "只有流程图中的任务可以加签，任务 {task} 不是。",
    "signatures_pending": "任务 {task} 还有 {count} 份会签意见未回，请等意见齐后再办结。",
    "awaiting_signatures": "任务 {task} 已提交，正在等待会签，暂时不能改动。",
    "signer_is_worker": "会签人不能是任务 {task} 的办理人，但 {login} 是。",
    "signed_already": "{login} 在任务 {task} 的本轮会签中已有一票，其余须由他人签署。",
    "signers_known": "所选人员都已在任务 {task} 的会签人之中。",
    "signing_mixed": "本轮会签尚未结束，不能改变会签时机和方式。",
    "signer_not_pending": "{logins} 不是任务 {task} 尚未签署的会签人。",
    "signer_drawn": "{logins} 是流程规定的会签人，只有主管可以减去。",
    "signature_personal": "会签任务 {task} 只能由本人办理，不能转交。",
    "preference_invalid": "{field} 应为 {expected}，实际为 {actual}。",
    "export_invalid": "导出的 {field} 应为 {expected}，实际为 {actual}。",
    "export_expired": "导出 {export} 的文件已过保留期，请重新导出。",
    "export_not_found": "没有找到您的导出 {export}，或它现在不能这样操作。",
    "too_many_uploads": "每人最多有 {most} 个待用的附件，请先提交工单或次日再试。",
    "too_many_exports": "每人最多同时有 {most} 个未完成的导出，请等其中一个完成或取消后再试。",
    "view_invalid": "视图的 {field} 应为 {expected}，实际为 {actual}。",
    "view_not_found": "您没有编号为 {view} 的视图。",
    "too_many_views": "每人最多保存 {most} 个视图，您已达到上限。",
    "password_wrong": "当前密码不正确。",
    "person_unknown": "没有账号为 {logins} 的在职人员。",
    "person_required": "此操作须由人员发起，但没有发起人。",
    # ---- clocks and extensions
    "no_clock": "任务 {task} 没有正在计时的时限。",
    "extension_pending": "已有一份延期申请在等待审批。",
    "extension_not_found": "没有您可以查看的延期申请 {extension}。",
    "extension_missing": "任务 {task} 没有待审批的延期申请。",
    "extension_decided": "延期申请 {extension} 已不在待审批状态。",
    "extension_late": "时限已到期，延期须在到期前申请。",
    "extension_empty": "延期后的时间须晚于现有时限。",
    "extension_beyond_cap": "时限 {clock} 最迟应在 {cap_at} 结束，但延期后为 {due_at}。",
    "clock_stopped": "时限 {clock} 应在计时，但已于 {stopped_at} 停止。",
    "clock_paused": "时限 {clock} 应在计时，但已于 {paused_at} 暂停。",
    "clock_not_paused": "时限 {clock} 应为暂停，但正在计时。",
    "clock_order": "时限 {clock} 上的时间不应早于 {earliest_at}，实际为 {at}。",
    "clock_point": "时限上的时点写法不正确。",
    # ---- forms and definitions
    "form_invalid": "表单有 {count} 个字段不符合要求。",
    "form_broken": "表单定义无法读取。",
    "deployment_refused": "文件应能按图发布，但有 {count} 条问题不允许发布。",
    "deployment_empty": "文件中应至少有一个可执行的流程，但没有。",
    "variable_invalid": "变量“{name}”应为 JSON，且其中的数字应小于 2 的 63 次方。",
    "process_not_found": "没有已发布的流程 {key}。",
    "definition_invalid": "流程定义 {definition_id} 应可运行，但有 {count} 条问题。",
    "definition_process_missing": "流程定义 {definition_id} 的文件中应有流程 {key}，但没有。",
    "file_not_deployed": "该流程版本的部署中没有文件 {name}。",
    # ---- people, units, tokens
    "person_not_found": "没有人员 {login}。",
    "unit_not_found": "没有单位 {unit}。",
    "unit_unknown": "{field} 应为单位代码，但没有单位 {unit}。",
    "unit_kind": "单位类别应为 {known} 之一，实际为 {kind}。",
    "unit_parent": "单位 {unit} 在组织树中的位置不能改变。",
    "role_unknown": "角色应为 {known} 之一，实际为 {role}。",
    "password_weak": "密码至少应有 {least} 个字符。",
    "token_not_found": "您没有令牌 {token}。",
    "token_life": "令牌有效期应为 1 至 {most} 天，实际为 {days} 天。",
    # ---- records
    "customer_not_found": "没有您可以查看的客户 {customer}。",
    "customer_grade": "客户等级应为 A、B 或 C，实际为 {grade}。",
    "contact_not_found": "该客户没有联系人 {contact}。",
    "contract_number_taken": "合同编号 {number} 已属于另一客户。",
    "attachment_not_found": "没有您可以查看的附件 {attachment}。",
    "draft_not_found": "任务 {task} 没有您的草稿。",
    "file_too_large": "文件过大，单个文件不能超过 {megabytes} MB。",
    "file_empty": "文件为空，请重新选择。",
    "file_missing": "文件内容已丢失，请联系管理员。",
    "file_type": "文件类型应为 {known} 之一，实际为 {actual}。",
    # ---- set-up
    "calendar_not_found": "没有工作日历 {calendar}。",
    "calendar_invalid": "工作日历的 {path} 不符合要求。",
    "calendar_range": "时间超出工作日历可计算的范围。",
    "sla_policy_invalid": "时限规则 {key} 的 {field} 不符合要求，实际为 {actual}。",
    "sla_policy_not_found": "没有时限规则 {key}。",
    "escalation_rule_invalid": "升级规则 {rule} 的 {field} 不符合要求，实际为 {actual}。",
    "setup_row_invalid": "{table} 的第 {row} 行不符合要求。",
    "seed_duplicate": "{key} 应只有一行，但有多行。",
    "setting_invalid": "设置 {name} 不符合要求。",
    "installation_not_empty": "安装应为空，但已有数据。",
    "installation_unfinished": "安装应完整，但装载数据时曾中断，请换一个新的空数据库。",
    "port_unavailable": "应能在 {host}:{port} 提供服务，但端口不可用。",
    "home_unusable": "数据目录 {home} 应可写入，但不能使用。",
    "webhook_address": "回调地址不符合要求。",
    # ---- the machine room
    "busy": "数据正在被他人改动，请稍后重试。",
    "store_unavailable": "数据库暂时不能写入或连接，请稍后重试。",
    "folder_unwritable": "数据目录暂时不能写入文件，请稍后重试。",
    "schema_mismatch": "数据库版本应为 {expected}，实际为 {actual}。",
    "idempotency_key_reused": "幂等键 {key} 已用于另一个请求，请换一个。",
    "cursor_invalid": "分页游标应来自本列表，实际为 {cursor}。",
}

#: Remarks about fields: code to (Chinese, English); ``{0}`` and on are its arguments.
FIELDS: Final[dict[str, tuple[str, str]]] = {
    "required": ("必填。", "Expected a value, but it is missing."),
    "null": ("不能为空值。", "Expected a value, but it is null."),
    "invalid": ("不符合要求。", "Expected a valid value, but it is not."),
    "unknown_field": ("没有这个字段。", "Expected a known field, but this one is not."),
    "unknown_parameter": ("没有这个参数。", "Expected a known parameter, but this one is not."),
    "repeated": ("只能给出一次。", "Expected the parameter once, but it is repeated."),
    "not_object": ("应为 JSON 对象。", "Expected a JSON object, but it is not."),
    "not_list": ("应为列表。", "Expected a list, but it is not."),
    "not_text": ("应为文本。", "Expected text, but it is not."),
    "not_whole": ("应为整数。", "Expected a whole number, but it is not."),
    "not_number": ("应为数字。", "Expected a number, but it is not."),
    "not_flag": ("应为 true 或 false。", "Expected true or false, but it is not."),
    "not_instant": (
        "应为带时区偏移的时间，如 2026-01-31T09:30:00+08:00。",
        "Expected an instant with an offset such as 2026-01-31T09:30:00+08:00, but it is not.",
    ),
    "not_day": ("应为日期，如 2026-01-31。", "Expected a date such as 2026-01-31, but it is not."),
    "not_base64": ("应为 Base64 编码。", "Expected Base64, but it is not."),
    "not_file": ("应为上传的文件。", "Expected an uploaded file, but it is not."),
    "before_year": ("年份不应早于 {0}。", "Expected a year not before {0}, but it is."),
    "has_nul": ("不能包含 NUL 字符。", "Expected text without NUL characters, but it has one."),
    "has_surrogate": (
        "不能包含不完整的 Unicode 字符。",
        "Expected whole Unicode characters, but one is half.",
    ),
    "shorter_than": (
        "至少应有 {0} 个字符。",
        "Expected at least {0} characters, but there are fewer.",
    ),
    "longer_than": (
        "最多 {0} 个字符。",
        "Expected at most {0} characters, but there are more.",
    ),
    "pattern": ("格式应符合 {0}。", "Expected text of the form {0}, but it is not."),
    "not_among": ("应为以下之一：{0}。", "Expected one of {0}, but it is not."),
    "not_between": (
        "应在 {0} 与 {1} 之间。",
        "Expected a number from {0} to {1}, but it is not.",
    ),
    "items_between": (
        "应有 {0} 至 {1} 项。",
        "Expected {0} to {1} items, but the count differs.",
    ),
    "too_deep": (
        "嵌套不应超过 {0} 层。",
        "Expected at most {0} levels of nesting, but there are more.",
    ),
}


def sentence(code: str, params: Mapping[str, Any], english: str, language: Language) -> str:
    """The sentence of a refusal.

    Args:
        code: Its code.
        params: Its parameters.
        english: Its sentence as the error class words it.
        language: Language to answer in.
    """
    if language == "en":
        return english
    template = CHINESE.get(code)
    return english if template is None else template.format_map(_Parameters(params))


def field_remark(coded: str, language: Language) -> tuple[str, str]:
    """Code and sentence of a remark as `api.schemas.fields.code` wrote it."""
    name, *arguments = coded.split("|")
    wording = FIELDS.get(name, FIELDS["invalid"])[0 if language == "zh" else 1]
    return (name if name in FIELDS else "invalid"), wording.format(*arguments)


class _Parameters(dict[str, Any]):
    """Parameters of a refusal; one that is missing is left out instead of failing the answer."""

    def __missing__(self, key: str) -> str:
        return ""

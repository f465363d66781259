"""Sentences for field problems, in Simplified Chinese and English, by stable code."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Final

from engine.domain.forms import FieldProblem

#: Code to (Chinese, English). Codes are a contract with callers, sentences are not.
MESSAGES: Final[Mapping[str, tuple[str, str]]] = {
    "required": ("请填写此项。", "This field is required."),
    "field_unknown": ("表单中没有这个字段。", "The form has no such field."),
    "field_unknown_near": (
        "表单中没有这个字段，是否指“{nearest}”？",
        "The form has no such field; did you mean “{nearest}”?",
    ),
    "field_hidden": (
        "按当前填写的内容，此字段不适用，请勿填写。",
        "This field does not apply to the other answers; leave it out.",
    ),
    "field_readonly": ("此字段不可修改。", "This field cannot be changed."),
    "text_expected": ("应为文本。", "Expected text."),
    "number_expected": ("应为数字。", "Expected a number."),
    "number_text_expected": ("应为十进制数字文本。", "Expected a decimal number as text."),
    "boolean_expected": ("应为“是”或“否”。", "Expected true or false."),
    "list_expected": ("应为列表。", "Expected a list."),
    "object_expected": ("应为一组字段。", "Expected an object of fields."),
    "text_invalid": (
        "含有不可存储的字符。",
        "It contains characters that cannot be stored.",
    ),
    "control_characters": ("不能含有换行或控制字符。", "Line breaks are not allowed here."),
    "too_short": ("至少 {limit} 个字符。", "Enter at least {limit} characters."),
    "too_long": ("最多 {limit} 个字符。", "Enter at most {limit} characters."),
    "too_small": ("不能小于 {limit}。", "It must not be less than {limit}."),
    "too_large": ("不能大于 {limit}。", "It must not be more than {limit}."),
    "too_many_decimals": ("最多 {limit} 位小数。", "Decimal places allowed: {limit}."),
    "step": ("应为 {limit} 的整数倍。", "It must be a multiple of {limit}."),
    "magnitude": ("数值超出可处理的范围。", "The number is too large to handle."),
    "pattern": ("格式不正确。", "It does not have the expected format."),
    "email": ("应为有效的电子邮箱地址。", "Expected an e-mail address."),
    "phone": (
        "应为有效的手机或固定电话号码。",
        "Expected a mobile or landline telephone number.",
    ),
    "date_format": ("日期应写作 2026-01-31。", "Write the date as 2026-01-31."),
    "date_impossible": ("日历上没有 {text} 这一天。", "There is no {text} in the calendar."),
    "date_range": ("日期应在 {low} 年至 {high} 年之间。", "Use a year from {low} to {high}."),
    "date_past": ("不能早于今天。", "It must not be before today."),
    "time_format": ("时间应写作 08:30。", "Write the time as 08:30."),
    "time_impossible": ("没有 {text} 这一时刻。", "There is no time {text}."),
    "datetime_format": (
        "日期时间应写作 2026-01-31T08:30 或带时区的 2026-01-31T08:30+08:00。",
        "Write date and time as 2026-01-31T08:30, or with an offset 2026-01-31T08:30+08:00.",
    ),
    "datetime_skipped": (
        "{zone} 因夏令时没有 {text} 这一时刻。",
        "There is no {text} in {zone}: the clocks were put forward.",
    ),
    "option_unknown": ("不在可选范围内。", "It is not one of the options."),
    "options_missing": ("暂无可选项。", "There are no options to choose from."),
    "duplicate": ("不能重复选择。", "The same entry was given twice."),
    "rows_fixed": ("行数应为 {limit}。", "The number of rows must be {limit}."),
    "attachment_expected": ("应为附件编号列表。", "Expected a list of attachment ids."),
    "file_unknown": (
        "所选文件已不可用，请重新选择。",
        "This file is not to be had any more; please choose it again.",
    ),
    "too_many_files": ("最多 {limit} 个附件。", "Attachments allowed: {limit}."),
    "too_many_entries": ("条目过多，最多 {limit} 个。", "At most {limit} entries are allowed."),
    "too_deep": ("嵌套层次过深。", "It is nested too deeply."),
}


def problem(code: str, **facts: object) -> FieldProblem:
    """A problem with its sentences filled in; facts must be plain and safe to show."""
    zh, en = MESSAGES[code]
    return FieldProblem(
        code=code.removesuffix("_near"), zh=zh.format(**facts), en=en.format(**facts)
    )


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name a caller probably meant, if one is close."""
    close = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return close[0] if close else None

"""Why a file cannot be read, in the words of its author."""

from __future__ import annotations

import re
from xml.parsers.expat import errors

_SHOWN = 40
_TAG = re.compile(rb"</?\s*([^\s/>]*)")
_REFERENCE = re.compile(rb"&(#?[^\s;&<]*)")


class UnreadableError(Exception):
    """The file is no acceptable XML.

    Attributes:
        rule: Rule code of `engine.domain.rules`.
        line: Line of the fault, if known. column: Its column.
        reason: One English clause saying what is wrong. reason_zh: The same in Chinese.
    """

    def __init__(
        self,
        rule: str,
        reason: str,
        reason_zh: str,
        *,
        line: int | None = None,
        column: int | None = None,
    ) -> None:
        self.rule = rule
        self.reason = reason
        self.reason_zh = reason_zh
        self.line = line
        self.column = column
        super().__init__(reason)


def explain(code: int, text: bytes, at: int, opened: tuple[str, int] | None) -> tuple[str, str]:
    """Two clauses, English and Chinese, on why text is no well-formed XML.

    Args:
        code: Error code of expat.
        text: The whole text in UTF-8.
        at: Byte at which expat stopped.
        opened: Name and line of the innermost element that is still open.
    """
    kind = errors.messages.get(code, "")
    name, line = opened or ("", 0)
    name = name[:_SHOWN]
    begin = max(text.rfind(b"<", max(at - 4096, 0), at + 1), 0)
    tag = _found(_TAG, text, begin)
    reference = _found(_REFERENCE, text, at)
    if kind in {errors.XML_ERROR_TAG_MISMATCH, errors.XML_ERROR_ASYNC_ENTITY}:
        return (
            f"'</{tag}>' stands where '</{name}>' has to close what line {line} opened",
            f"此处是“</{tag}>”，而应先用“</{name}>”关闭第 {line} 行打开的元素",
        )
    if kind == errors.XML_ERROR_NO_ELEMENTS and opened:
        return (
            f"it ends although '<{name}>' of line {line} is not closed",
            f"文件已结束，但第 {line} 行的“<{name}>”尚未关闭",
        )
    if kind == errors.XML_ERROR_INVALID_TOKEN:
        lone_and = at > 0 and text[at - 1 : at] == b"&"
        return _character("&" if lone_and else text[at : at + 4].decode(errors="ignore")[:1])
    shown = {"tag": tag, "reference": reference}
    for messages, en, zh in _SENTENCES:
        if kind in messages:
            return en.format(**shown), zh.format(**shown)
    return "it breaks off or is damaged here", "此处中断或已损坏"


def _found(pattern: re.Pattern[bytes], text: bytes, at: int) -> str:
    found = pattern.search(text, at, at + 200)
    return found.group(1).decode(errors="replace")[:_SHOWN] if found else ""


def _character(character: str) -> tuple[str, str]:
    if character == "&":
        return "an '&' has to be written '&amp;'", "“&”应写作“&amp;”"
    if character == "<":
        return "a '<' inside a value has to be written '&lt;'", "值中的“<”应写作“&lt;”"
    shown = f"'{character}'" if character.isprintable() and character else "a control character"
    shown_zh = f"“{character}”" if character.isprintable() and character else "控制字符"
    return f"{shown} must not stand here", f"此处不能出现{shown_zh}"


_SENTENCES = (
    (
        {errors.XML_ERROR_UNDEFINED_ENTITY, errors.XML_ERROR_ENTITY_DECLARED_IN_PE},
        "'&{reference};' is unknown; only &lt; &gt; &amp; &quot; &apos; and numbers are",
        "“&{reference};”未定义，只可使用 &lt; &gt; &amp; &quot; &apos; 和数字编码",
    ),
    (
        {errors.XML_ERROR_BAD_CHAR_REF},
        "'&{reference};' is no character that XML allows",
        "“&{reference};”不是 XML 允许的字符",
    ),
    (
        {errors.XML_ERROR_UNBOUND_PREFIX, errors.XML_ERROR_UNDECLARING_PREFIX},
        "a prefix in '<{tag}>' is not declared by an xmlns attribute",
        "“<{tag}>”中的前缀没有用 xmlns 声明",
    ),
    (
        {errors.XML_ERROR_RESERVED_PREFIX_XML, errors.XML_ERROR_RESERVED_PREFIX_XMLNS,
         errors.XML_ERROR_RESERVED_NAMESPACE_URI},
        "'<{tag}>' declares a prefix or namespace that XML keeps for itself",
        "“<{tag}>”声明了 XML 保留的前缀或命名空间",
    ),
    (
        {errors.XML_ERROR_DUPLICATE_ATTRIBUTE},
        "an attribute of '<{tag}>' is written twice",
        "“<{tag}>”的某个属性重复出现",
    ),
    (
        {errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT},
        "something follows after the outermost element was closed",
        "最外层元素关闭之后还有内容",
    ),
    (
        {errors.XML_ERROR_UNCLOSED_TOKEN, errors.XML_ERROR_PARTIAL_CHAR},
        "it ends inside a tag or comment that is not closed",
        "文件在未关闭的标签或注释中结束",
    ),
    (
        {errors.XML_ERROR_UNCLOSED_CDATA_SECTION},
        "it ends inside a CDATA section that is not closed",
        "文件在未关闭的 CDATA 段中结束",
    ),
    (
        {errors.XML_ERROR_MISPLACED_XML_PI, errors.XML_ERROR_XML_DECL},
        "an XML declaration must stand at the very beginning only",
        "XML 声明只能位于文件开头",
    ),
    (
        {errors.XML_ERROR_NO_ELEMENTS, errors.XML_ERROR_SYNTAX},
        "it has text outside of any element, or no element at all",
        "元素之外有文本，或没有任何元素",
    ),
)  # fmt: skip

"""From the bytes of a file to its text: which encodings are read, and what is no text at all."""

from __future__ import annotations

import codecs
import json
import re

from engine.workflow.compiler.reading.faults import UnreadableError

_DECLARATION = re.compile(r"\A\s*<\?xml(?=\s)[^<>]*\?>")
_ENCODING = re.compile(rb"""\A\s*<\?xml\s[^<>]*?\bencoding\s*=\s*["']([A-Za-z][\w.:-]*)["']""")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\x00\x00\x00", "utf-32-le"),
    (b"\x00\x00\x00<", "utf-32-be"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
)
#: Declared encoding to the one it is read in, by Python's names. Programs that declare the
#: smaller set often write the larger one. Source: WHATWG Encoding Standard, 4.2.
_READ_AS = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "ascii": "utf-8",
}
_SINGLE = {f"iso8859-{part}" for part in (*range(1, 12), *range(13, 17))} | {
    f"cp125{page}" for page in range(9)
}
#: Everything else (also what Python calls a codec, such as ``rot13``) is refused.
_READABLE = (
    frozenset(_READ_AS)
    | _SINGLE
    | {"utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le"}
    | {"utf-32-be", "gb18030", "big5hkscs", "cp950", "cp932", "cp949", "euc_jp", "koi8-r"}
    | {"koi8-u", "mac-roman", "cp437", "cp850"}
)
_SIGNATURES = (
    (b"PK\x03\x04", "a ZIP archive or an Office document", "ZIP 压缩包或 Office 文档"),
    (b"PK\x05\x06", "an empty ZIP archive", "空的 ZIP 压缩包"),
    (b"\x89PNG", "a PNG picture", "PNG 图片"),
    (b"\xff\xd8\xff", "a JPEG picture", "JPEG 图片"),
    (b"GIF8", "a GIF picture", "GIF 图片"),
    (b"%PDF", "a PDF document", "PDF 文档"),
    (b"\xd0\xcf\x11\xe0", "an old Office or Visio document", "旧版 Office 或 Visio 文档"),
    (b"\x1f\x8b", "a gzip archive", "gzip 压缩文件"),
    (b"Rar!", "a RAR archive", "RAR 压缩包"),
    (b"7z\xbc\xaf", "a 7-Zip archive", "7-Zip 压缩包"),
)
_SHOWN = 30


def text_of(data: bytes) -> str:
    """Text of an XML file in any encoding it may be in, without its XML declaration.

    A byte order mark outweighs the declaration. Line ends become line feeds and the declaration
    becomes blanks, so lines and columns are those of the file. Source: XML 1.0, 2.11 and F.

    Raises:
        UnreadableError: It is no text in a known encoding, or evidently no XML.
    """
    _refuse_other_files(data)
    encoding, declared = _encoding(data)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise _undecodable(data, encoding, declared, error) from error
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    _refuse_other_text(text)
    return _DECLARATION.sub(lambda found: re.sub(r"[^\n]", " ", found.group()), text, count=1)


def _encoding(data: bytes) -> tuple[str, str]:
    """Encoding to read a file in, and the one it is called."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return name, name.upper()
    found = _ENCODING.match(data[:1024])
    declared = found.group(1).decode() if found else "UTF-8"
    try:
        name = codecs.lookup(declared).name
    except LookupError:
        name = ""
    if name not in _READABLE:
        raise UnreadableError(
            "encoding-unknown",
            f"'{declared[:_SHOWN]}' is not one it can read",
            f"无法读取“{declared[:_SHOWN]}”编码",
            line=1,
            column=1,
        )
    # The declaration was read byte by byte, so the file is in none of the wide encodings.
    return (
        "utf-8" if name.startswith(("utf-16", "utf-32")) else _READ_AS.get(name, name)
    ), declared


def _undecodable(
    data: bytes, encoding: str, declared: str, error: UnicodeDecodeError
) -> UnreadableError:
    before = data[: error.start].decode(encoding, "replace")
    line = before.count("\n") + 1
    column = len(before) - (before.rfind("\n") + 1) + 1
    reason = f"from here on it is not text in {declared[:_SHOWN]}"
    reason_zh = f"从此处起不是 {declared[:_SHOWN]} 编码的文本"
    if encoding == "utf-8" and _is_text(data, "gb18030"):
        reason += "; it looks like GB18030 (GBK)"
        reason_zh += "，看起来是 GB18030（GBK）"
    return UnreadableError("encoding-unknown", reason, reason_zh, line=line, column=column)


def _is_text(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _refuse_other_files(data: bytes) -> None:
    if not data.strip(b" \t\r\n\x00"):
        raise _no_diagram("it is empty", "文件为空")
    for signature, kind, kind_zh in _SIGNATURES:
        if data.startswith(signature):
            raise _no_diagram(f"it is {kind}", f"它是 {kind_zh}")


def _refuse_other_text(text: str) -> None:
    begin = text.lstrip()
    if not begin:
        raise _no_diagram("it is empty", "文件为空")
    if begin.startswith("<"):
        return
    if begin.startswith(("{", "[")):
        try:
            json.loads(begin)
        except (ValueError, RecursionError):
            pass
        else:
            raise _no_diagram("it is JSON", "它是 JSON")
    shown = "".join(one for one in begin[:_SHOWN].split("\n", 1)[0] if one.isprintable())
    raise _no_diagram(f"it is text that begins with '{shown}'", f"它是以“{shown}”开头的文本")


def _no_diagram(reason: str, reason_zh: str) -> UnreadableError:
    return UnreadableError("file-unknown", reason, reason_zh)

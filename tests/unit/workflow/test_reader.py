"""Bytes to a tree: encodings, places, and in plain words why a file cannot be read."""

import codecs
import re

import pytest

from engine.workflow.compiler.reading.faults import UnreadableError
from engine.workflow.compiler.reading.reader import PLACE, place, read

TEXT = '<?xml version="1.0" encoding="{}"?>\n<a 名="客户">\n\t<b/>请<c d="核对合同"/></a>\n'
PLAIN = TEXT.replace(' encoding="{}"', "")


def refusal(data: bytes) -> UnreadableError:
    with pytest.raises(UnreadableError) as caught:
        read(data)
    return caught.value


def places(data: bytes) -> dict[str, tuple[int, int]]:
    return {str(node.tag): place(node) for node in read(data).iter()}


ENCODINGS = {
    "utf-8": TEXT.format("UTF-8").encode(),
    "utf-8, not said": PLAIN.encode(),
    "utf-8, no declaration": PLAIN.split("\n", 1)[1].encode(),
    "utf-8 with mark": codecs.BOM_UTF8 + TEXT.format("utf-8").encode(),
    "utf-16 with mark": TEXT.format("UTF-16").encode("utf-16"),
    "utf-16 big with mark": codecs.BOM_UTF16_BE + TEXT.format("UTF-16").encode("utf-16-be"),
    "utf-16 little without mark": TEXT.format("UTF-16LE").encode("utf-16-le"),
    "utf-16 big without mark": TEXT.format("UTF-16").encode("utf-16-be"),
    "utf-16 without declaration": "<a 名='客户'><b/>请<c d='核对合同'/></a>".encode("utf-16-be"),
    "utf-16 that says utf-8": TEXT.format("UTF-8").encode("utf-16"),
    "utf-32": TEXT.format("UTF-32").encode("utf-32"),
    "utf-32 without mark": TEXT.format("UTF-32").encode("utf-32-be"),
    "utf-8 that says utf-16": TEXT.format("utf-16").encode(),
    "gbk": TEXT.format("GBK").encode("gbk"),
    "gb18030": TEXT.format("gb18030").encode("gb18030"),
    "gb2312": TEXT.format("GB2312").encode("gb2312"),
    "gb2312 with more": TEXT.format("GB2312").encode("gbk"),
    "declared over two lines": TEXT.format("GBK").replace(" enc", "\nenc").encode("gbk"),
    "in apostrophes": TEXT.format("GBK").replace('"', "'").encode("gbk"),
    "blank line first": ("\n" + TEXT.format("utf-8")).encode(),
    "xml 1.1": TEXT.format("utf-8").replace("1.0", "1.1").encode(),
}


@pytest.mark.parametrize("name", ENCODINGS)
def test_encodings(name):
    root = read(ENCODINGS[name])
    assert root.get("名") == "客户"
    assert root[1].get("d") == "核对合同"
    assert root[0].tail == "请"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Big5", "客戶"), ("Shift_JIS", "顧客①"), ("EUC-JP", "顧客"), ("EUC-KR", "고객"),
        ("ISO-8859-1", "Größe “x” €"), ("ISO-8859-2", "žluť"), ("ISO-8859-5", "Клиент"),
        ("windows-1252", "“x” €"), ("windows-1251", "Клиент"), ("KOI8-R", "Клиент"),
        ("US-ASCII", "plain"),
    ],
)  # fmt: skip
def test_other_encodings(name, text):
    codec = {"Shift_JIS": "cp932", "ISO-8859-1": "cp1252"}.get(name, name)
    data = f'<?xml version="1.0" encoding="{name}"?><a b="{text}"/>'.encode(codec)
    assert read(data).get("b") == text


@pytest.mark.parametrize(
    "name",
    "utf-7 idna punycode unicode_escape raw_unicode_escape rot13 hex base64 zlib uu quopri mbcs"
    " undefined unknown-8bit iso-2022-jp hz cp037 utf-16-surrogatepass".split(),
)
def test_exotic_encodings_are_refused(name):
    error = refusal(f'<?xml version="1.0" encoding="{name}"?><a/>'.encode())
    assert (error.rule, error.line) == ("encoding-unknown", 1)
    assert name in error.reason and name in error.reason_zh


def test_where_the_encoding_is_wrong():
    error = refusal('<?xml version="1.0"?>\n<a>\n客户 <b/>'.encode() + "合同</a>".encode("gbk"))
    assert (error.rule, error.line, error.column) == ("encoding-unknown", 3, 8)
    assert refusal(TEXT.format("UTF-8").encode("gbk")).reason.endswith(
        "it looks like GB18030 (GBK)"
    )
    assert refusal(b"<a>\xff\xff\xff</a>").reason == "from here on it is not text in UTF-8"


@pytest.mark.parametrize(
    "data",
    [b"<\x00a\x00>\x00\x00\xd8<\x00/\x00a\x00>\x00", b"<a>\xed\xa0\x80</a>", b"<a>&#xD800;</a>"],
)
def test_lone_surrogates_are_refused(data):
    assert refusal(data).line == 1


OTHER_FILES = {
    b"": "it is empty",
    b" \r\n\t": "it is empty",
    b"\x00" * 64: "it is empty",
    codecs.BOM_UTF8: "it is empty",
    b"PK\x03\x04\x14\x00": "it is a ZIP archive or an Office document",
    b"\x89PNG\r\n\x1a\n": "it is a PNG picture",
    b"\xff\xd8\xff\xe0": "it is a JPEG picture",
    b"%PDF-1.7": "it is a PDF document",
    b"\xd0\xcf\x11\xe0\xa1\xb1": "it is an old Office or Visio document",
    b'{"components": []}': "it is JSON",
    b"[1, 2]": "it is JSON",
    b"{broken": "it is text that begins with '{broken'",
    b"a,b,c\n1,2,3": "it is text that begins with 'a,b,c'",
    "合同".encode(): "it is text that begins with '合同'",
    b"[" * 200_000: "it is text that begins with '" + "[" * 30 + "'",
}


@pytest.mark.parametrize("data", OTHER_FILES, ids=lambda data: repr(data[:12]))
def test_what_is_no_xml(data):
    error = refusal(data)
    assert (error.rule, error.reason) == ("file-unknown", OTHER_FILES[data])
    assert re.search(r"[\u4e00-\u9fff]", error.reason_zh)


MALFORMED = {
    "<a>\n <b>\n </a>": (3, 4, "'</a>' stands where '</b>' has to close what line 2 opened"),
    "<a>\n<b></b>\n": (3, 1, "it ends although '<a>' of line 1 is not closed"),
    '<a b="1"\n b="2"/>': (2, 2, "an attribute of '<a>' is written twice"),
    '<a xmlns:p="u" xmlns:q="u" p:x="1" q:x="2"/>':
        (1, 1, "an attribute of '<a>' is written twice"),
    "<a>\n <x:b/></a>": (2, 2, "a prefix in '<x:b>' is not declared by an xmlns attribute"),
    "<a>&nbsp;</a>":
        (1, 4, "'&nbsp;' is unknown; only &lt; &gt; &amp; &quot; &apos; and numbers are"),
    "<a>&#0;</a>": (1, 4, "'&#0;' is no character that XML allows"),
    "<a>a & b</a>": (1, 7, "an '&' has to be written '&amp;'"),
    '<a b="x < y"/>': (1, 9, "a '<' inside a value has to be written '&lt;'"),
    "<a>\x01</a>": (1, 4, "a control character must not stand here"),
    "<a>\n客户\x00</a>": (2, 3, "a control character must not stand here"),
    "<a b=1/>": (1, 6, "'1' must not stand here"),
    "<a/><b/>": (1, 5, "something follows after the outermost element was closed"),
    "<a/>text": (1, 5, "something follows after the outermost element was closed"),
    "<a b='": (1, 1, "it ends inside a tag or comment that is not closed"),
    "<a><!-- ": (1, 4, "it ends inside a tag or comment that is not closed"),
    "<a><![CDATA[x": (1, 14, "it ends inside a CDATA section that is not closed"),
    "<!-- nothing -->": (1, 17, "it has text outside of any element, or no element at all"),
    "<a><?xml version='1.0'?></a>":
        (1, 4, "an XML declaration must stand at the very beginning only"),
    '<a xmlns:xml="u"/>':
        (1, 1, "'<a>' declares a prefix or namespace that XML keeps for itself"),
}  # fmt: skip


@pytest.mark.parametrize("text", MALFORMED)
def test_malformed_files_in_plain_words(text):
    error = refusal(text.encode())
    assert error.rule == "xml-malformed"
    assert (error.line, error.column, error.reason) == MALFORMED[text]
    assert re.search(r"[\u4e00-\u9fff]", error.reason_zh)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gb18030"])
def test_places_are_those_of_an_editor(end, encoding):
    lines = [
        f'<?xml version="1.0" encoding="{encoding}"?>', "<a>", "\t<b>客户</b><c/>", "",
        "<!-- 一", "二 --> 三<d", " e='1'/></a>",
    ]  # fmt: skip
    found = places(end.join(lines).encode(encoding))
    assert found == {"a": (2, 1), "b": (3, 2), "c": (3, 11), "d": (6, 8)}


def test_a_long_line_is_counted_once():
    data = ("<a>" + "<b c='客'/>" * 50_000 + "</a>").encode()
    last = read(data)[-1]
    assert place(last) == (1, 4 + 49_999 * 10)


def test_comments_and_instructions_leave_no_trace():
    root = read(
        b"<?xml-stylesheet href='x' encoding='GBK'?><a>x<!-- b -->y<?php z?><![CDATA[<z]]></a>"
    )
    assert (root.text, len(root)) == ("xy<z", 0)


def test_a_place_written_into_the_file_is_not_believed():
    root = read(b'<a xmlns:p="urn:gongdan:source" p:place="77:1"/>')
    assert root.get(PLACE) == "1:1"


@pytest.mark.parametrize("prefix", ["xi", "include"])
def test_inclusion_is_refused(prefix):
    namespace = "http://www.w3.org/2001/XInclude"
    data = f'<a xmlns:{prefix}="{namespace}">\n<{prefix}:include href="/etc/passwd"/></a>'
    error = refusal(data.encode())
    assert (error.rule, error.line) == ("inclusion", 2)
    assert refusal(f'<include xmlns="{namespace}"/>'.encode()).rule == "inclusion"

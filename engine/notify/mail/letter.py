"""What a mail looks like: plain, and as a page that needs nothing from anywhere.

Mail programs know neither style sheets nor scripts worth mentioning, so every element carries its
own style, one column fits every width, and colours are the reader's own, also in the dark.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Final

from engine.ports.outbound import OutboundMessage, Passage

#: Where people choose which mails they want.
CHOICES: Final = "/me#me-choices"

_WORDS: Final = {
    "zh": ("打开", "此邮件由工单台自动发送，请勿回复。", "更改邮件通知设置"),
    "en": (
        "Open",
        "The work-order desk sent this mail by itself; please do not answer it.",
        "Change what you get by e-mail",
    ),
}
_FONT: Final = (
    "font-family:'PingFang SC','Microsoft YaHei','Noto Sans SC',system-ui,sans-serif;"
    "font-size:15px;line-height:1.6"
)
_WRAP: Final = "overflow-wrap:anywhere"


def written(message: OutboundMessage, desk_url: str) -> str:
    """The plain text.

    Args:
        message: With passages.
        desk_url: Where links lead, without a slash at the end; empty for no links.
    """
    _, sent_by, choices = _words(message)
    parts = [message.subject]
    parts += ["\n".join(_lines(passage, desk_url)) for passage in message.passages]
    end = [sent_by, f"{choices} {desk_url}{CHOICES}"] if desk_url else [sent_by]
    return "\n\n".join([part for part in parts if part] + ["\n".join(["-- ", *end])])


def drawn(message: OutboundMessage, desk_url: str) -> str:
    """The same as HTML."""
    _, sent_by, choices = _words(message)
    end = f'<p style="margin:0">{escape(sent_by)}</p>'
    if desk_url:
        end += f'<p style="margin:0">{_anchor(desk_url + CHOICES, choices)}</p>'
    language = "en" if message.language == "en" else "zh-CN"
    body = "".join(_section(message, passage, desk_url) for passage in message.passages)
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{escape(message.subject)}</title></head>"
        f'<body style="margin:0 auto;max-width:600px;padding:16px;{_FONT};{_WRAP}">'
        '<h1 style="margin:0 0 16px;font-size:19px;line-height:1.4">'
        f"{escape(message.subject)}</h1>"
        f'{body}<div style="margin-top:24px;padding-top:12px;border-top:1px solid #94a3b8;'
        f'font-size:13px">{end}</div></body></html>'
    )


def _lines(passage: Passage, desk_url: str) -> Iterator[str]:
    indent = ""
    if passage.heading:
        yield passage.heading
        indent = "  "
    for line in passage.lines:
        yield indent + line
    if desk_url and passage.path:
        yield f"{indent}{desk_url}{passage.path}"


def _section(message: OutboundMessage, passage: Passage, desk_url: str) -> str:
    address = f"{desk_url}{passage.path}" if desk_url and passage.path else ""
    parts = []
    if passage.heading:
        heading = _anchor(address, passage.heading) if address else escape(passage.heading)
        parts.append(
            f'<h2 style="margin:20px 0 4px;font-size:15px;line-height:1.5">{heading}</h2>'
        )
    if passage.lines:
        said = "".join(
            f'<li style="margin:2px 0;white-space:pre-line">{escape(line)}</li>'
            for line in passage.lines
        )
        parts.append(f'<ul style="margin:0;padding:0;list-style:none">{said}</ul>')
    if address and not passage.heading:
        parts.append(f'<p style="margin:16px 0">{_anchor(address, _words(message)[0])}</p>')
    return "".join(parts)


def _anchor(address: str, text: str) -> str:
    return f'<a href="{escape(address)}">{escape(text)}</a>'


def _words(message: OutboundMessage) -> tuple[str, str, str]:
    return _WORDS["en" if message.language == "en" else "zh"]

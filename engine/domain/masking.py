"""Personal data as everybody sees them: enough to recognise, too little to use.

Source: R98, look-ups of customer data are a formal act; GB/T 35273-2020 7.2, display.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

from engine.domain.records import Contact

_STARS: Final = "****"
#: Digits that stay at either end; of short numbers only the last two.
_FIRST: Final = 3
_LAST: Final = 4
_SHORT: Final = 10
#: Mobile and fixed numbers of the mainland, and addresses, as people type them.
_TYPED: Final = re.compile(
    r"(?<![\w.-])(?:(?:\+86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}|0\d{2,3}[ -]?\d{7,8})(?!\d)"
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
    re.ASCII,
)


def masked(contact: Contact) -> Contact:
    """A contact person whose telephone number and address are covered."""
    return msgspec.structs.replace(
        contact, phone=masked_phone(contact.phone), email=masked_email(contact.email)
    )


def masked_phone(phone: str) -> str:
    """``13812346021`` as ``138****6021``; separators vanish with what they part."""
    digits = "".join(sign for sign in phone if sign.isdigit())
    if phone.lstrip().startswith("+86"):
        digits = digits.removeprefix("86")
    if not phone:
        return ""
    if len(digits) < _SHORT:
        return _STARS + (digits[-2:] if len(digits) > _LAST else "")
    return digits[:_FIRST] + _STARS + digits[-_LAST:]


def masked_email(email: str | None) -> str | None:
    """``liqiang@example.com`` as ``l****@example.com``."""
    if not email:
        return email
    name, at, domain = email.rpartition("@")
    return f"{name[:1]}{_STARS}{at}{domain}" if at else _STARS


def masked_text(text: str) -> str:
    """What somebody wrote, without the telephone numbers and addresses in it."""
    return _TYPED.sub(lambda found: _masked(found[0]), text)


def _masked(found: str) -> str:
    return masked_email(found) or "" if "@" in found else masked_phone(found)

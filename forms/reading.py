"""Reads form definitions from their files."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from engine.domain.forms import NO_RIGHTS, FormBrokenError, Rights
from forms.definition import Definition
from forms.rights import applied

MAX_BYTES: Final = 256 * 1024
_DECODER: Final = msgspec.json.Decoder(Definition)


def read(form: bytes, rights: Rights = NO_RIGHTS) -> Definition:
    """Decode a definition.

    Args:
        form: The file.
        rights: What the step may do with its fields.

    Raises:
        FormBrokenError: It is too large, not JSON, or not shaped like a form.
    """
    if len(form) > MAX_BYTES:
        raise FormBrokenError(
            f"it has {len(form)} bytes, more than {MAX_BYTES}",
            f"共有 {len(form)} 字节，超过 {MAX_BYTES} 字节",
        )
    try:
        definition = _DECODER.decode(form)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise FormBrokenError(f"it cannot be decoded: {error}", f"无法解析（{error}）") from error
    except RecursionError as error:
        raise FormBrokenError("it is nested too deeply", "嵌套过深") from error
    if definition.type != "default":
        raise FormBrokenError(
            f"its type is {definition.type!r}, not 'default'",
            f"其类型为“{definition.type}”，而不是“default”",
        )
    if not rights:
        return definition
    return msgspec.convert(applied(msgspec.json.decode(form), rights), Definition)


def adapted(form: bytes, rights: Rights) -> dict[str, Any]:
    """The definition as JSON as a step with these rights has it.

    Raises:
        FormBrokenError: It cannot be read.
    """
    read(form)
    definition: dict[str, Any] = msgspec.json.decode(form)
    return applied(definition, rights) if rights else definition

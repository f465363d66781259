"""The ``Idempotency-Key`` header: the same key and command again gives the first result."""

from __future__ import annotations

import re

from flask import request

from api.refusals import Refusal

HEADER = "Idempotency-Key"
_KEY = re.compile(r"[\x21-\x7e]{1,100}")


class KeyInvalidRefusal(Refusal):
    """The key is too long or not visible ASCII."""

    status = 422
    code = "idempotency_key_invalid"
    template = "Expected an Idempotency-Key of 1 to 100 visible ASCII characters."


def given_key() -> str | None:
    """The caller's key, None if there is none.

    Raises:
        KeyInvalidRefusal: It cannot be a key.
    """
    key = request.headers.get(HEADER)
    if key is not None and not _KEY.fullmatch(key):
        raise KeyInvalidRefusal
    return key

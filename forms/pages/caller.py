"""The request's surroundings: the application, who is signed in, and how to act for them.

`forms.pages.session` finds out who is signed in. Commands act once per form shown.
"""

from __future__ import annotations

import re
from typing import Final

from flask import request

from forms.binding import Binding

#: Hidden field of every form that must not act twice, see ``once()`` in the templates.
KEY_FIELD: Final = "_once"
_KEY: Final = re.compile(r"[A-Za-z0-9_-]{16,64}", re.ASCII)


def given_key() -> str | None:
    """The form's key, if it brought a usable one."""
    given = request.form.get(KEY_FIELD, "")
    return f"page-{given}" if _KEY.fullmatch(given) else None


def is_partial() -> bool:
    """Whether the browser wants a part of a page to put into the one it shows.

    Going back in its history it wants the whole page again.
    """
    is_back = request.headers.get("HX-History-Restore-Request") == "true"
    return request.headers.get("HX-Request") == "true" and not is_back


_BINDING = Binding(given_key)
application = _BINDING.application
person = _BINDING.person
execute = _BINDING.execute
execute_and_read = _BINDING.execute_and_read
is_repeated = _BINDING.is_repeated
view = _BINDING.view

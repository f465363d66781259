"""The request's surroundings: the application, who is calling, and how to act for them.

`api.auth` finds out who is calling. Commands act once per ``Idempotency-Key``.
"""

from __future__ import annotations

from api.idempotency import given_key
from forms.binding import Binding

_BINDING = Binding(given_key)
application = _BINDING.application
person = _BINDING.person
execute = _BINDING.execute
execute_and_read = _BINDING.execute_and_read
view = _BINDING.view

"""What numbers in addresses may be; anything else is simply not there."""

from __future__ import annotations

from werkzeug.routing import IntegerConverter


class IdConverter(IntegerConverter):
    """Id of a row: positive, and small enough for every database.

    The bound is in the expression: a converter that refuses later makes werkzeug answer 405.
    """

    regex = r"[1-9][0-9]{0,14}"

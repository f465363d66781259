"""Where the pages of talk are registered, and how they read ids."""

from typing import Final

from flask import Blueprint, request

bp = Blueprint("talk", __name__)

_LARGEST: Final = 2**63 - 1


def given_id(field: str) -> int | None:
    """The id a form names in a field, None for anything else."""
    found = request.form.get(field, type=int)
    return found if found is not None and 0 < found <= _LARGEST else None

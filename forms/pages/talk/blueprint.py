"""Where the pages of talk are registered, and how they read ids."""

from flask import Blueprint, request

from forms.pages.converters import id_of

bp = Blueprint("talk", __name__)


def given_id(field: str) -> int | None:
    """The id a form names in a field, None for anything else."""
    return id_of(request.form.get(field, ""))

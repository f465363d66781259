"""Where the pages of a task are registered."""

from typing import Final

from flask import Blueprint

bp = Blueprint("tasks", __name__)

#: A task.
ONE: Final = "/tasks/<int:task_id>"

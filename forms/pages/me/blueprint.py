"""Where everything under ``/me`` hangs."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("me", __name__)

"""The log: one JSON line per event on standard error."""

from __future__ import annotations

import logging
import logging.config
from datetime import UTC, datetime
from typing import Any, Final

import orjson
from typing_extensions import override

#: Libraries that tell at INFO what nobody asked for. The metronome sets APScheduler's level.
_CHATTY: Final = ("alembic", "_granian")
#: Its messages are JSON lines already.
_ACCESS: Final = "gongdan.access"


class JsonLines(logging.Formatter):
    """Writes an event as one line, whatever it contains."""

    @override
    def format(self, record: logging.LogRecord) -> str:
        if record.name == _ACCESS:
            return record.getMessage()
        event: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "process": record.process,
            "message": record.getMessage(),
        }
        if record.exc_info:
            event["error"] = self.formatException(record.exc_info)
        return orjson.dumps(event).decode()


def configuration(level: str) -> dict[str, Any]:
    """Configuration for `logging.config.dictConfig`.

    Args:
        level: Least severity to write.
    """
    quiet = {name: {"level": "WARNING"} for name in _CHATTY}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": f"{__name__}.{JsonLines.__name__}"}},
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "formatter": "json",
                "stream": "ext://sys.stderr",
            }
        },
        "loggers": quiet,
        "root": {"handlers": ["stderr"], "level": level},
    }


def configure(level: str) -> None:
    """Write events of this severity and above."""
    logging.config.dictConfig(configuration(level))

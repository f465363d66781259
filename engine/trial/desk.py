"""What a trial has around it: the shipped set-up, files in memory, and a clock of its own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from engine.domain import seed
from engine.domain.records import Unit
from engine.domain.setup import Setup
from engine.ports.deployment import DefinitionFiles, ProcessDescription

#: Unit and calendar of every work order on trial.
UNIT = "hq"
CALENDAR = "cn_office"
_UNIT_ID = 1


def shipped_setup() -> Setup:
    """What every installation starts with, and one unit."""
    return Setup(
        seq=0,
        units=(
            Unit(
                id=_UNIT_ID,
                code=UNIT,
                name="总部",
                name_en="Headquarters",
                kind="headquarters",
                path=f"/{_UNIT_ID}/",
                calendar=CALENDAR,
            ),
        ),
        calendars={calendar.code: calendar for calendar in seed.calendars()},
        policies=seed.sla_policies(),
        rules=seed.escalation_rules(),
        reasons=seed.hold_reasons(),
        definitions=(),
        queues=frozenset(),
    )


class VirtualClock:
    """Time that only passes when told.

    Args:
        now: Where it starts; aware.
    """

    def __init__(self, now: datetime) -> None:
        self._now = now.astimezone(UTC)

    def now(self) -> datetime:
        """See `engine.ports.clocks.Clock`."""
        return self._now

    def move_to(self, at: datetime) -> None:
        """Let it be a later instant; an earlier one changes nothing."""
        self._now = max(self._now, at.astimezone(UTC))

    def set_to(self, at: datetime) -> None:
        """Let it be any instant: another trial begins."""
        self._now = at.astimezone(UTC)


class TrialLibrary:
    """Files on trial as if they were published; answers the port `DefinitionLibrary`."""

    def __init__(self) -> None:
        self._definitions: dict[int, DefinitionFiles] = {}
        self._latest: dict[str, int] = {}

    def publish(
        self, files: Mapping[str, bytes], processes: tuple[ProcessDescription, ...]
    ) -> dict[str, int]:
        """Take the files of a deployment; id of each process by its key."""
        decisions = tuple(data for name, data in files.items() if name.endswith(".dmn"))
        for process in processes:
            number = len(self._definitions) + 1
            self._definitions[number] = DefinitionFiles(
                id=number,
                key=process.key,
                version=1,
                bpmn=files[process.file],
                decisions=decisions,
            )
            self._latest[process.key] = number
        return dict(self._latest)

    def files(self, definition_id: int) -> DefinitionFiles:
        """See `engine.ports.deployment.DefinitionLibrary`."""
        return self._definitions[definition_id]

    def latest(self, process_key: str) -> int | None:
        """See `engine.ports.deployment.DefinitionLibrary`."""
        return self._latest.get(process_key)

"""The engine's port `FormCatalogue`, answered with form-js definitions."""

from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import Any, Final
from zoneinfo import ZoneInfo

from engine.ports import Clock, Finding
from forms.diagnosis import diagnose
from forms.schema import CompiledForm, compile_form
from forms.validation import validate

#: Compiled forms kept in memory; a form is compiled once per content.
KEPT: Final = 512


class FormJsCatalogue:
    """Validates values by form-js definitions.

    Args:
        clock: Says which day it is, for dates that may not lie in the past.
        zone: Zone of wall times typed into forms without an offset.
    """

    def __init__(self, clock: Clock, zone: ZoneInfo) -> None:
        self._clock = clock
        self._zone = zone
        # One cache per catalogue, because the zone is compiled in. lru_cache is thread-safe.
        compiling = partial(compile_form, zone=zone)
        self._compiled: Callable[[bytes], CompiledForm] = lru_cache(maxsize=KEPT)(compiling)

    def validate(
        self,
        form: bytes,
        values: Mapping[str, Any],
        *,
        variables: Mapping[str, Any],
        draft: bool = False,
    ) -> dict[str, Any]:
        """See `engine.ports.FormCatalogue.validate`."""
        return validate(
            self._compiled(form),
            values,
            variables=variables,
            draft=draft,
            now=self._clock.now(),
            zone=self._zone,
        )

    def check(self, form: bytes, name: str) -> tuple[Finding, ...]:
        """See `engine.ports.FormCatalogue.check`."""
        return diagnose(form, name, self._zone)

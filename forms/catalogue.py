"""The engine's port `FormCatalogue`, answered with form-js definitions."""

import random
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import Any, Final
from zoneinfo import ZoneInfo

from engine.domain.findings import Finding
from engine.domain.forms import FormBrokenError
from engine.ports import Clock, FormDescription
from forms.description import described
from forms.diagnosis import diagnose
from forms.examples import Wish, example
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

    def describe(self, form: bytes) -> FormDescription:
        """See `engine.ports.FormCatalogue.describe`."""
        try:
            return described(self._compiled(form))
        except FormBrokenError:
            return FormDescription(fields=())

    def example(
        self,
        form: bytes,
        *,
        variables: Mapping[str, Any],
        given: Mapping[str, Any],
        chance: random.Random,
    ) -> dict[str, Any]:
        """Valid values somebody might enter; the same chance gives the same values.

        Args:
            form: The form definition.
            variables: Variables of the task.
            given: Values that are decided already; None leaves a field out.
            chance: Source of what is left to chance.

        Raises:
            FormInvalidError: None were found; it tells what was wrong with the last ones.
            FormBrokenError: The definition cannot be read.
        """
        wish = Wish(variables=variables, given=given, now=self._clock.now(), zone=self._zone)
        return example(self._compiled(form), wish, chance)

"""The engine's port `FormCatalogue`, answered with form-js definitions."""

import random
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from engine.domain.findings import Finding
from engine.domain.forms import NO_RIGHTS, FormBrokenError, Right, Rights
from engine.ports.clocks import Clock
from engine.ports.forms import FormDescription, Records
from forms.definitions import form
from forms.description import described
from forms.diagnosis import diagnose
from forms.examples import Wish, example
from forms.reading import adapted
from forms.schema import compile_form
from forms.tree import CompiledForm, files_in
from forms.validation import validate

#: Forms of tasks that are not drawn.
BUILT_IN: Final = frozenset({"supervise", "approve_extension", "sign"})
_own: Final = lru_cache(form)
_Compile = Callable[[bytes, frozenset[tuple[str, Right]]], CompiledForm]

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
        self._compiled: _Compile = lru_cache(maxsize=KEPT)(self._compile)

    def _compile(self, form: bytes, rights: frozenset[tuple[str, Right]]) -> CompiledForm:
        return compile_form(form, self._zone, dict(rights))

    def validate(
        self,
        form: bytes,
        values: Mapping[str, Any],
        *,
        variables: Mapping[str, Any],
        draft: bool = False,
        rights: Rights = NO_RIGHTS,
        records: Records | None = None,
    ) -> dict[str, Any]:
        """See `engine.ports.forms.FormCatalogue.validate`."""
        return validate(
            self.compiled(form, rights),
            values,
            variables=variables,
            draft=draft,
            now=self._clock.now(),
            zone=self._zone,
            records=records,
        )

    def files(self, form: bytes, values: Mapping[str, Any]) -> frozenset[int]:
        """See `engine.ports.forms.FormCatalogue.files`."""
        return frozenset(files_in(self.compiled(form).root, values))

    def compiled(self, form: bytes, rights: Rights = NO_RIGHTS) -> CompiledForm:
        """The form as a step with these rights has it.

        Raises:
            FormBrokenError: The definition cannot be read.
        """
        return self._compiled(form, frozenset(rights.items()))

    def adapted(self, form: bytes, rights: Rights) -> dict[str, Any]:
        """See `engine.ports.forms.FormCatalogue.adapted`."""
        return adapted(form, rights)

    def built_in(self, key: str) -> bytes | None:
        """See `engine.ports.forms.FormCatalogue.built_in`."""
        return _own(key) if key in BUILT_IN else None

    def check(self, form: bytes, name: str) -> tuple[Finding, ...]:
        """See `engine.ports.forms.FormCatalogue.check`."""
        return diagnose(form, name, self._zone)

    def describe(self, form: bytes) -> FormDescription:
        """See `engine.ports.forms.FormCatalogue.describe`."""
        try:
            return described(self.compiled(form))
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
        return example(self.compiled(form), wish, chance)

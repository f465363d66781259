"""What a built-in function takes, and choosing the right one of its forms."""

from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from engine.domain.feel.errors import FeelError
from engine.domain.feel.values.exchange import shown
from engine.domain.feel.values.kinds import Value, kind_of

MAX_ARGUMENTS: Final = 100


class Form(msgspec.Struct, frozen=True):
    """One way to call a function.

    Attributes:
        kinds: Kinds of the arguments, keys of `engine.domain.feel.values.KINDS` or ``any``.
        least: How many of them there are at least.
        repeats: Whether the last one may be repeated.
    """

    kinds: tuple[str, ...]
    least: int
    repeats: bool
    run: Callable[..., Value]

    def takes(self, count: int) -> bool:
        """Whether it can be called with so many arguments."""
        most = MAX_ARGUMENTS if self.repeats else len(self.kinds)
        return self.least <= count <= most

    def fits(self, values: Sequence[Value]) -> bool:
        """Whether the arguments are of its kinds, null counting as any."""
        last = len(self.kinds) - 1
        return self.takes(len(values)) and all(
            value is None or self.kinds[min(at, last)] in {"any", kind_of(value)}
            for at, value in enumerate(values)
        )

    def is_null(self, values: Sequence[Value]) -> bool:
        """Whether an argument is null that must not be."""
        last = len(self.kinds) - 1
        return any(
            value is None and self.kinds[min(at, last)] != "any" for at, value in enumerate(values)
        )


class Function(msgspec.Struct, frozen=True):
    """A built-in function."""

    forms: tuple[Form, ...]

    def takes(self, count: int) -> bool:
        """Whether it can be called with so many arguments."""
        return any(form.takes(count) for form in self.forms)

    @property
    def counts(self) -> str:
        """How many arguments there are, for a sentence."""
        found = sorted(
            {form.least for form in self.forms} | {len(form.kinds) for form in self.forms}
        )
        if any(form.repeats for form in self.forms):
            return f"{found[0]} or more"
        return " or ".join(str(count) for count in found)

    def call(self, values: Sequence[Value]) -> Value:
        """The result; null if an argument is null that must not be.

        Raises:
            FeelError: The arguments are of the wrong kind, or the result is out of bounds.
        """
        for form in self.forms:
            if form.fits(values):
                return None if form.is_null(values) else form.run(*values)
        given = ", ".join(shown(value) for value in values)
        raise FeelError(f"it does not take ({given})", f"参数（{given}）的类型不对")


def function(*forms: tuple[str, Callable[..., Value]]) -> Function:
    """A function from its forms.

    Args:
        *forms: Kinds of the arguments with spaces between, ``?`` behind optional ones and ``*``
            behind one that repeats; and what to run.
    """
    return Function(tuple(_form(signature.split(), run) for signature, run in forms))


def _form(words: list[str], run: Callable[..., Value]) -> Form:
    return Form(
        tuple(word.rstrip("?*") for word in words),
        sum(not word.endswith("?") for word in words),
        bool(words) and words[-1].endswith("*"),
        run,
    )

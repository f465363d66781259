"""The forms of the drawn processes, as form-js files of this package."""

from collections.abc import Mapping
from importlib import resources

__all__ = ["all_forms", "form"]

_SUFFIX = ".json"


def form(key: str) -> bytes:
    """One form by its key, as drawn in ``camunda:formKey``.

    Raises:
        FileNotFoundError: There is no such form.
    """
    if key not in _keys():
        raise FileNotFoundError(key)
    return (resources.files(__name__) / f"{key}{_SUFFIX}").read_bytes()


def all_forms() -> Mapping[str, bytes]:
    """All forms by key, in alphabetical order."""
    return {key: form(key) for key in _keys()}


def _keys() -> list[str]:
    names = (entry.name for entry in resources.files(__name__).iterdir())
    return sorted(name.removesuffix(_SUFFIX) for name in names if name.endswith(_SUFFIX))

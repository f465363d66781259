"""What can go wrong while a definition is compiled or a token moves."""

from typing import ClassVar

from engine.errors import InvalidError


class DefinitionInvalidError(InvalidError):
    """A published definition cannot be compiled (it was not diagnosed, or by an older kernel)."""

    code: ClassVar[str] = "definition_invalid"
    template: ClassVar[str] = (
        "Expected definition {definition_id} to be runnable, but {count} findings refuse it; "
        "the first, in {element}, says: {message} Publish a repaired version."
    )


class ProcessMissingError(InvalidError):
    """The deployed file does not contain the process it is published as."""

    code: ClassVar[str] = "definition_process_missing"
    template: ClassVar[str] = (
        "Expected the file of definition {definition_id} to contain the process '{key}', "
        "but it does not."
    )


class VariableInvalidError(InvalidError):
    """A value given by the caller cannot be kept in a variable."""

    code: ClassVar[str] = "variable_invalid"
    template: ClassVar[str] = (
        "Expected the variable '{name}' to be JSON with numbers below 2^63, but it is not."
    )


class AuthorError(Exception):
    """What an author wrote cannot be used.

    The text is one sentence or clause for the author of the diagram; it names no Python class.

    Attributes:
        zh: The same in Chinese.
    """

    def __init__(self, en: str, zh: str = "") -> None:
        self.zh = zh or en
        super().__init__(en)


class ExpressionError(AuthorError):
    """An expression or script is not of the language, or cannot be computed with these values."""


class TimerError(AuthorError):
    """A time in a diagram cannot be read."""


class DecisionError(AuthorError):
    """A decision table cannot be read, or gives no single right answer."""


class StepError(Exception):
    """A token cannot go on; becomes an incident.

    Attributes:
        kind: Kind of incident, see `engine.domain.effects.IncidentOpened`.
        zh: The sentence in Chinese, empty where another system wrote it.
        element_id: Element that failed, if another than the token's own.
        code: BPMN error code of an uncaught error.
    """

    def __init__(
        self,
        kind: str,
        message: str,
        zh: str = "",
        *,
        element_id: str | None = None,
        code: str | None = None,
    ) -> None:
        self.kind = kind
        self.zh = zh
        self.element_id = element_id
        self.code = code
        super().__init__(message)

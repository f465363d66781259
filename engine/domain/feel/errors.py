"""What can be wrong with an expression, in the words of its author."""


class FeelSyntaxError(ValueError):
    """The source is not of the language.

    Attributes:
        position: Offset into the source, counted from 0.
        zh: The sentence in Chinese.
    """

    def __init__(
        self,
        expected: str,
        found: str,
        position: int,
        *,
        expected_zh: str = "",
        found_zh: str = "",
    ) -> None:
        self.expected = expected
        self.found = found
        self.position = position
        self.zh = (
            f"第 {position} 个字符处应为{expected_zh or expected}，实际为 {found_zh or found}。"
        )
        super().__init__(f"Expected {expected} at position {position}, but found {found}.")


class FeelError(Exception):
    """An expression has no value with the present values; FEEL would silently say null.

    Attributes:
        zh: The sentence in Chinese.
    """

    def __init__(self, en: str, zh: str) -> None:
        self.zh = zh
        super().__init__(en)

"""The operands of an expression: literals, variables, calls, lists, ranges, contexts, paths."""

from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

from engine.domain.feel.errors import FeelSyntaxError
from engine.domain.feel.functions import FUNCTIONS
from engine.domain.feel.syntax.cursor import Cursor
from engine.domain.feel.syntax.tokens import unquoted
from engine.domain.feel.syntax.tree import (
    Call,
    Constant,
    ContextOf,
    ListOf,
    Name,
    Negation,
    Node,
    Path,
    RangeOf,
    TheInput,
)
from engine.domain.feel.values.times import read_any


class Operands(Cursor):
    """The part of the grammar that binds tightest.

    Args:
        source: The text.
        names: Names of several words.
        surroundings: Functions besides the built-in ones.
        inputs: Names that mean the input of a unary test like ``?``; None outside of one.

    Attributes:
        names: Variables read so far.
        doubtful: Those read inside filters, where they may be members of the items instead.
        asked: Functions of the surroundings called so far.
        bound: Names that are no variables here: those of loops, filters and contexts around.
        inputs_read: How often the input was read.
    """

    def __init__(
        self,
        source: str,
        names: Iterable[str],
        surroundings: frozenset[str],
        inputs: frozenset[str] | None,
    ) -> None:
        super().__init__(source, names)
        self.names: set[str] = set()
        self.doubtful: set[str] = set()
        self.asked: set[str] = set()
        self.bound: list[str] = []
        self.inputs_read = 0
        self._inputs = inputs
        self._surroundings = surroundings
        self._filters = 0
        self._ends_range = False
        self._rules: Mapping[str, Callable[[str], Node]] = {
            "number": lambda text: Constant(Decimal(text)),
            "text": lambda text: Constant(unquoted(text)),
            "name": self._name,
            "true": lambda _text: Constant(value=True),
            "false": lambda _text: Constant(value=False),
            "null": lambda _text: Constant(None),
            "not": self._negation,
            "(": self._bracket,
            "[": self._list,
            "]": self._open_range,
            "{": self._context,
            "@": self._temporal,
            "?": self._the_input,
        }

    @abstractmethod
    def outermost(self) -> Node:
        """Any expression that stands here."""

    @abstractmethod
    def sum(self) -> Node:
        """An expression without comparisons and conditions."""

    def expression(self) -> Node:
        """Any expression, one level deeper."""
        was, self._ends_range = self._ends_range, False
        node = self.nested(self.outermost)
        self._ends_range = was
        return node

    def _row(self, first: Node, closing: str) -> tuple[Node, ...]:
        """The first expression and those behind it, up to a closing bracket."""
        found = [first]
        while self.take(","):
            found.append(self.expression())
        self.need(closing)
        return tuple(found)

    # -- steps into a value --

    def path(self) -> Node:
        """An operand with the members and filters behind it."""
        base = self._operand()
        steps: list[str | Node] = []
        while True:
            if self.take("."):
                steps.append(self.member_name())
            elif not self._ends_range and self.take("["):
                steps.append(self._filter())
            else:
                return Path(base, tuple(steps)) if steps else base

    def _filter(self) -> Node:
        self._filters += 1
        self.bound.append("item")
        node = self.expression()
        self.bound.pop()
        self._filters -= 1
        self.need("]")
        return node

    # -- operands: the first token is taken already, its text is given --

    def _operand(self) -> Node:
        token = self.now
        phrase = self.phrase()
        if phrase is not None:
            return self._variable(phrase)
        rule = self._rules.get(token.text if token.kind in {"sign", "keyword"} else token.kind)
        if rule is None:
            raise self.refusal("a value", "值")
        self.at += 1
        return rule(token.text)

    def _name(self, text: str) -> Node:
        return self._call() or self._variable(text)

    def _variable(self, name: str) -> Node:
        if name in self.bound:
            return Name(name)
        if name in (self._inputs or ()):
            return self._the_input(name)
        self.names.add(name)
        if self._filters:
            self.doubtful.add(name)
        return Name(name)

    def _the_input(self, _text: str) -> Node:
        if self._inputs is None:
            self.at -= 1
            raise self.refusal("a value", "值")
        self.inputs_read += 1
        return TheInput()

    def _negation(self, _text: str) -> Node:
        self.need("(")
        negated = self.expression()
        self.need(")")
        return Negation(negated)

    def _temporal(self, _text: str) -> Node:
        token = self.now
        if token.kind != "text":
            raise self.refusal("a text", "文本")
        value = read_any(unquoted(token.text))
        if value is None:
            raise self.refusal("a date, time or duration", "日期、时间或时长")
        self.at += 1
        return Constant(value)

    def _bracket(self, _text: str) -> Node:
        inner = self.expression()
        if self.take(".."):
            return self._range(inner, closed_low=False)
        self.need(")")
        return inner

    def _open_range(self, _text: str) -> Node:
        low = self.expression()
        self.need("..")
        return self._range(low, closed_low=False)

    def _list(self, _text: str) -> Node:
        if self.take("]"):
            return ListOf(())
        first = self.expression()
        if self.take(".."):
            return self._range(first, closed_low=True)
        return ListOf(self._row(first, "]"))

    def _range(self, low: Node, *, closed_low: bool) -> Node:
        # The end of ]1..10[ would otherwise begin a filter on 10.
        was, self._ends_range = self._ends_range, True
        high = self.nested(self.sum)
        self._ends_range = was
        closing = self.take("]", ")", "[")
        if closing is None:
            raise self.refusal("']' or ')'", "“]”或“)”")
        return RangeOf(low, high, closed_low, closing == "]")

    def _context(self, _text: str) -> Node:
        entries: list[tuple[str, Node]] = []
        before = len(self.bound)
        while not self.take("}"):
            if entries:
                self.need(",")
            key = self.key()
            if key in dict(entries):
                self.at -= 1
                raise self.refusal("another key", "不同的键")
            self.need(":")
            entries.append((key, self.expression()))
            self.bound.append(key)
        del self.bound[before:]
        return ContextOf(tuple(entries))

    def _call(self) -> Node | None:
        """A function call, if the words from here to a bracket are the name of a function.

        Names of functions have spaces and even keywords in them: ``date and time("…")``.
        """
        start = end = self.at - 1
        while self.tokens[end].kind in {"name", "keyword"}:
            end += 1
        if self.tokens[end].text != "(":
            return None
        words = self.tokens[start:end]
        name = " ".join(word.text for word in words)
        function = FUNCTIONS.get(name)
        if function is None and name not in self._surroundings:
            if any(word.kind == "keyword" for word in words):
                return None
            raise FeelSyntaxError(
                "a known function", repr(name), words[0].position, expected_zh="已知的函数"
            )
        self.at = end + 1
        arguments = () if self.take(")") else self._row(self.expression(), ")")
        if function is None:
            self.asked.add(name)
        elif not function.takes(len(arguments)):
            raise FeelSyntaxError(
                f"{function.counts} arguments of {name}",
                str(len(arguments)),
                words[0].position,
                expected_zh=f"{name} 有 {function.counts} 个参数",
            )
        return Call(name, arguments)

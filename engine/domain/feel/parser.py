"""From FEEL source to evaluators: recursive descent, one method per rule of the grammar."""

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Final

from engine.domain.feel.functions import FUNCTIONS
from engine.domain.feel.tokens import FeelSyntaxError, Token, tokens
from engine.domain.feel.values import (
    Range,
    Value,
    all_true,
    any_true,
    calculate,
    compare,
    contained,
    enter,
    equal,
    item_at,
    member,
    negate,
    number,
)

MAX_DEPTH: Final = 40

Scope = Mapping[str, Value]
Evaluator = Callable[[Scope], Value]

_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\", "'": "'"}


class Parser:
    """One source; every rule consumes tokens and returns an evaluator.

    Attributes:
        names: Variables read so far.
    """

    def __init__(self, source: str) -> None:
        self._tokens = tokens(source)
        self._at = 0
        self._depth = 0
        self._rules: Mapping[str, Callable[[str], Evaluator]] = {
            "number": self._number,
            "text": self._text,
            "name": self._name,
            "true": lambda _text: _constant(value=True),
            "false": lambda _text: _constant(value=False),
            "null": lambda _text: _constant(None),
            "not": self._negation,
            "(": self._bracket,
            "[": self._list,
        }
        self.names: set[str] = set()

    def whole(self) -> Evaluator:
        """The evaluator of the whole source.

        Raises:
            FeelSyntaxError: It is not an expression of the subset.
        """
        run = self._expression()
        if self._now.kind != "end":
            raise self._refusal("the end")
        return run

    @property
    def _now(self) -> Token:
        return self._tokens[self._at]

    def _refusal(self, expected: str) -> FeelSyntaxError:
        return FeelSyntaxError(expected, repr(self._now.text), self._now.position)

    def _take(self, *texts: str) -> str | None:
        """Take the present token if it is one of these signs or keywords."""
        if self._now.kind in {"sign", "keyword"} and self._now.text in texts:
            self._at += 1
            return self._tokens[self._at - 1].text
        return None

    def _need(self, text: str) -> None:
        if self._take(text) is None:
            raise self._refusal(repr(text))

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self._refusal(f"at most {MAX_DEPTH} levels")

    def _expression(self) -> Evaluator:
        self._deeper()
        run = self._choice() if self._take("if") else self._disjunction()
        self._depth -= 1
        return run

    def _choice(self) -> Evaluator:
        test = self._expression()
        self._need("then")
        yes = self._expression()
        self._need("else")
        no = self._expression()
        return lambda scope: yes(scope) if test(scope) is True else no(scope)

    def _disjunction(self) -> Evaluator:
        parts = [self._conjunction()]
        while self._take("or"):
            parts.append(self._conjunction())
        return _folded(parts, any_true)

    def _conjunction(self) -> Evaluator:
        parts = [self._comparison()]
        while self._take("and"):
            parts.append(self._comparison())
        return _folded(parts, all_true)

    def _comparison(self) -> Evaluator:
        left = self._sum()
        if self._take("in"):
            test = self._tests()
            return lambda scope: contained(left(scope), test(scope))
        if self._take("between"):
            low = self._sum()
            self._need("and")
            high = self._sum()
            return lambda scope: _between(low(scope), high(scope)).holds(left(scope))
        operator = self._take("=", "!=", "<", "<=", ">", ">=")
        if operator is None:
            return left
        right = self._sum()
        if operator == "=":
            return lambda scope: equal(left(scope), right(scope))
        if operator == "!=":
            return lambda scope: not equal(left(scope), right(scope))
        return lambda scope: compare(operator, left(scope), right(scope))

    def _tests(self) -> Evaluator:
        """Right side of ``in``: one value, list or range, or several in brackets."""
        if self._now.text != "(":
            return self._sum()
        start = self._at
        self._at += 1
        parts = [self._sum()]
        if self._now.text == "..":
            self._at = start
            return self._sum()
        while self._take(","):
            parts.append(self._sum())
        self._need(")")
        return lambda scope: [part(scope) for part in parts]

    def _sum(self) -> Evaluator:
        return self._chain(self._product, "+", "-")

    def _product(self) -> Evaluator:
        return self._chain(self._power, "*", "/")

    def _power(self) -> Evaluator:
        return self._chain(self._signed, "**")

    def _chain(self, part: Callable[[], Evaluator], *operators: str) -> Evaluator:
        run = part()
        while operator := self._take(*operators):
            run = _operation(operator, run, part())
        return run

    def _signed(self) -> Evaluator:
        if not self._take("-"):
            return self._postfix()
        self._deeper()
        value = self._signed()
        self._depth -= 1
        return lambda scope: calculate("-", Decimal(0), value(scope))

    def _postfix(self) -> Evaluator:
        run = self._primary()
        while True:
            if self._take("."):
                run = _member_of(run, self._member_name())
            elif self._take("["):
                run = _item_of(run, self._expression())
                self._need("]")
            else:
                return run

    def _member_name(self) -> str:
        if self._now.kind not in {"name", "keyword"}:
            raise self._refusal("a name")
        self._at += 1
        return self._tokens[self._at - 1].text

    def _primary(self) -> Evaluator:
        token = self._now
        rule = self._rules.get(token.text if token.kind in {"sign", "keyword"} else token.kind)
        if rule is None:
            raise self._refusal("a value")
        self._at += 1
        return rule(token.text)

    def _number(self, text: str) -> Evaluator:
        return _constant(number(Decimal(text)))

    def _text(self, text: str) -> Evaluator:
        return _constant(
            re.sub(r"\\(.)", lambda match: _ESCAPES.get(match[1], match[0]), text[1:-1])
        )

    def _negation(self, _text: str) -> Evaluator:
        self._need("(")
        negated = self._expression()
        self._need(")")
        return lambda scope: negate(negated(scope))

    def _name(self, text: str) -> Evaluator:
        return self._call() or self._variable(text)

    def _variable(self, name: str) -> Evaluator:
        self.names.add(name)
        return lambda scope: enter(scope.get(name))

    def _bracket(self, _text: str) -> Evaluator:
        inner = self._expression()
        if self._take(".."):
            return self._range(inner, closed_low=False)
        self._need(")")
        return inner

    def _list(self, _text: str) -> Evaluator:
        if self._take("]"):
            return lambda _scope: []
        parts = [self._expression()]
        if self._take(".."):
            return self._range(parts[0], closed_low=True)
        while self._take(","):
            parts.append(self._expression())
        self._need("]")
        return lambda scope: [part(scope) for part in parts]

    def _range(self, low: Evaluator, *, closed_low: bool) -> Evaluator:
        high = self._expression()
        closing = self._take("]", ")")
        if closing is None:
            raise self._refusal("']' or ')'")
        closed_high = closing == "]"
        return lambda scope: Range(low(scope), high(scope), closed_low, closed_high)

    def _call(self) -> Evaluator | None:
        """A function call, if the words from here to a bracket are the name of a function.

        Names of functions have spaces and even keywords in them: ``date and time("…")``.
        """
        start = self._at - 1
        words = [self._tokens[start].text]
        while self._tokens[start + len(words)].kind in {"name", "keyword"}:
            words.append(self._tokens[start + len(words)].text)
        if self._tokens[start + len(words)].text != "(":
            return None
        name = " ".join(words)
        if name not in FUNCTIONS:
            if any(token.kind == "keyword" for token in self._tokens[start : start + len(words)]):
                return None
            raise FeelSyntaxError("a known function", repr(name), self._tokens[start].position)
        self._at = start + len(words) + 1
        return self._applied(name)

    def _applied(self, name: str) -> Evaluator:
        function, arity = FUNCTIONS[name]
        arguments: list[Evaluator] = []
        if not self._take(")"):
            arguments.append(self._expression())
            while self._take(","):
                arguments.append(self._expression())
            self._need(")")
        if arity is not None and len(arguments) != arity:
            raise FeelSyntaxError(
                f"{arity} arguments of {name}", str(len(arguments)), self._now.position
            )
        return lambda scope: function(*(argument(scope) for argument in arguments))


def _constant(value: Value) -> Evaluator:
    return lambda _scope: value


def _between(low: Value, high: Value) -> Range:
    return Range(low, high, closed_low=True, closed_high=True)


def _folded(parts: Sequence[Evaluator], join: Callable[[Value, Value], Value]) -> Evaluator:
    """Join several parts; a single one stays as it is, whatever its type."""
    if len(parts) == 1:
        return parts[0]

    def run(scope: Scope) -> Value:
        result = parts[0](scope)
        for part in parts[1:]:
            result = join(result, part(scope))
        return result

    return run


def _operation(operator: str, left: Evaluator, right: Evaluator) -> Evaluator:
    return lambda scope: calculate(operator, left(scope), right(scope))


def _member_of(value: Evaluator, name: str) -> Evaluator:
    return lambda scope: member(value(scope), name)


def _item_of(value: Evaluator, index: Evaluator) -> Evaluator:
    return lambda scope: item_at(value(scope), index(scope))

"""What is operated on in an expression: constants, variables, fields, functions, lists."""

from __future__ import annotations

import ast
from abc import abstractmethod
from collections.abc import Iterable, Sequence
from typing import Final

from engine.workflow.errors import ExpressionError
from engine.workflow.language import functions
from engine.workflow.language.cursor import MAX_CHAIN, Cursor, refused
from engine.workflow.language.operators import bounded
from engine.workflow.language.tokens import Token

_LITERALS: Final = {
    "true": True, "True": True, "false": False, "False": False, "null": None, "None": None,
}  # fmt: skip
#: Words that cannot name a variable.
RESERVED: Final = frozenset(
    {*_LITERALS, "and", "or", "not", "if", "else", "in", "is", "for", "empty", "eq", "ne", "lt",
     "le", "gt", "ge", "div", "mod", "instanceof", "lambda", "elif"}
)  # fmt: skip
#: Objects of foreign engines that stand for the running process or task.
_ENGINE_OBJECTS: Final = frozenset({"execution", "delegateExecution", "caseExecution", "task"})
_TASK_FIELDS: Final = frozenset(
    {"id", "name", "assignee", "owner", "dueDate", "priority", "execution", "processInstanceId",
     "taskDefinitionKey", "eventName"}
)  # fmt: skip
_LOOKUP: Final = "_n"
_SURROUNDINGS: Final = "_s"


class Operands(Cursor):
    """The part of the grammar that binds tightest."""

    def __init__(self, words: Sequence[Token]) -> None:
        super().__init__(words)
        self._names: set[str] = set()
        self._loop: str | None = None

    @abstractmethod
    def _expression(self) -> ast.expr:
        """Any expression."""

    @abstractmethod
    def _either(self) -> ast.expr:
        """An expression that ends before ``?``, ``if`` and ``for``."""

    def _truth(self, tree: ast.expr) -> ast.expr:
        return self._call("truth", tree)

    def _reached(self, owner: tuple[ast.expr, str | None]) -> ast.expr:
        """Fields, items and methods behind a value."""
        tree, name = owner
        for _ in range(MAX_CHAIN):
            if self._take("."):
                tree = self._member(tree, name)
            elif self._take("["):
                tree = self._item(tree)
            elif self._sees("("):
                raise refused(
                    "only the functions of the language can be called",
                    "只能调用语言内置的函数",
                    self._word,
                )
            else:
                if name in _ENGINE_OBJECTS - {"task"}:
                    raise _no_engine_object(name, "")
                return tree
            name = None
        raise ExpressionError("it has too many parts", "组成部分过多")

    def _member(self, owner: ast.expr, name: str | None) -> ast.expr:
        word = self._word
        if word.kind != "name":
            raise self._unexpected()
        if word.text.startswith("_"):
            _check_name(word)
        self._next += 1
        if name in _ENGINE_OBJECTS and (
            self._sees("(") or name != "task" or word.text in _TASK_FIELDS
        ):
            return self._engine_object(str(name), word)
        if not self._take("("):
            return self._call("field", owner, ast.Constant(word.text))
        method = functions.METHODS.get(word.text)
        if method is None:
            raise refused(
                f"there is no method '{word.text}'; beans and Java objects do not exist here, "
                "make it an external task",
                f"没有方法“{word.text}”；此处不存在 Java 对象，请改为外部任务",
                word,
            )
        arguments, _ = self._arguments(word, method.least, method.most)
        return self._call(f"m_{word.text}", owner, *arguments)

    def _engine_object(self, owner: str, word: Token) -> ast.expr:
        """``execution.getVariable('x')`` is the variable x; nothing else of it exists here."""
        if word.text not in {"getVariable", "hasVariable"} or not self._take("("):
            raise _no_engine_object(owner, f".{word.text}")
        given = self._word
        if given.kind != "text":
            raise _no_engine_object(owner, f".{word.text}")
        self._next += 1
        self._require(")")
        self._names.discard(owner)
        tree = self._variable(given.text)
        if word.text == "hasVariable":
            return self._call("unequal", tree, ast.Constant(None))
        return tree

    def _item(self, owner: ast.expr) -> ast.expr:
        low = None if self._sees(":") else self._expression()
        if not self._take(":"):
            self._require("]")
            assert low is not None  # noqa: S101 - see above
            return self._call("item", owner, low)
        high = None if self._sees("]") else self._expression()
        self._require("]")
        null = ast.Constant(None)
        return self._call("part", owner, low or null, high or null)

    def _primary(self) -> tuple[ast.expr, str | None]:
        word = self._word
        if word.kind == "end":
            raise self._unexpected()
        self._next += 1
        if word.kind == "text":
            return self._made(ast.Constant(word.text)), None
        if word.kind == "number":
            return self._made(ast.Constant(_number(word))), None
        if word.kind == "name":
            return self._named(word)
        opened = {"(": self._group, "[": self._list, "{": self._object}.get(word.text)
        if opened is None:
            self._next -= 1
            raise self._unexpected()
        return opened(), None

    def _named(self, word: Token) -> tuple[ast.expr, str | None]:
        name = word.text
        if name in _LITERALS:
            return self._made(ast.Constant(_LITERALS[name])), None
        if self._sees("(") and name not in RESERVED:
            return self._function(word), None
        if name in RESERVED:
            self._next -= 1
            raise self._unexpected()
        _check_name(word)
        return self._variable(name), name

    def _variable(self, name: str) -> ast.expr:
        if name == self._loop:
            return self._made(ast.Name(f"v_{name}", ast.Load()))
        self._names.add(name)
        return self._call(_LOOKUP, ast.Constant(name))

    def _function(self, word: Token) -> ast.expr:
        self._next += 1
        around = functions.SURROUNDINGS.get(word.text)
        if around is not None:
            arguments, _ = self._arguments(word, *around)
            chosen = ast.Subscript(
                ast.Name(_SURROUNDINGS, ast.Load()), ast.Constant(word.text), ast.Load()
            )
            return self._made(ast.Call(chosen, arguments, []))
        function = functions.FUNCTIONS.get(word.text)
        if function is None:
            raise refused(f"there is no function '{word.text}'", f"没有函数“{word.text}”", word)
        arguments, named = self._arguments(word, function.least, function.most, function.named)
        call = ast.Call(ast.Name(f"f_{word.text}", ast.Load()), arguments, named)
        return self._made(call)

    def _arguments(
        self, word: Token, least: int, most: int, names: Iterable[str] = ()
    ) -> tuple[list[ast.expr], list[ast.keyword]]:
        """Arguments up to the closing bracket."""
        given: list[ast.expr] = []
        named: list[ast.keyword] = []
        while not self._take(")"):
            if (given or named) and not self._take(","):
                raise self._unexpected(")")
            name = self._word.text
            if name in names and self._words[self._next + 1].text == "=":
                self._next += 2
                named.append(ast.keyword(name, self._expression()))
            else:
                given.append(self._element())
        if not least <= len(given) <= most:
            raise refused(
                f"'{word.text}' takes {_range(least, most)} values, not {len(given)}",
                f"“{word.text}”需要 {_range(least, most)} 个参数，实际为 {len(given)} 个",
                word,
            )
        return given, named

    def _group(self) -> ast.expr:
        if self._take(")"):
            return self._made(ast.List([], ast.Load()))
        items = [self._expression()]
        is_list = False
        while self._take(","):
            is_list = True
            if self._sees(")"):
                break
            items.append(self._expression())
        self._require(")")
        return self._made(ast.List(items, ast.Load())) if is_list else items[0]

    def _list(self) -> ast.expr:
        if self._take("]"):
            return self._made(ast.List([], ast.Load()))
        is_loop = self._loop_ahead() is not None
        items = [self._element()]
        if is_loop:
            self._require("]")
            return items[0]
        while self._take(",") and not self._sees("]"):
            items.append(self._expression())
        self._require("]")
        return self._made(ast.List(items, ast.Load()))

    def _element(self) -> ast.expr:
        """An item or argument: an expression, or one computed for every item of a list."""
        variable = self._loop_ahead()
        if variable is None:
            return self._expression()
        if self._loop is not None:
            raise refused("loops cannot be nested", "循环不能嵌套", variable)
        _check_name(variable)
        self._loop = variable.text
        element = self._expression()
        self._require("for")
        self._next += 1
        self._require("in")
        self._loop = None
        items = self._call("items", self._either())
        self._loop = variable.text
        conditions = [self._truth(self._either())] if self._take("if") else []
        self._loop = None
        if self._sees("for", "if"):
            raise refused("loops cannot be nested", "循环不能嵌套", self._word)
        target = ast.Name(f"v_{variable.text}", ast.Store())
        return self._made(
            ast.ListComp(element, [ast.comprehension(target, items, conditions, is_async=0)])
        )

    def _loop_ahead(self) -> Token | None:
        """The variable of ``… for x in …`` that this item turns out to be."""
        level = 0
        for at in range(self._next, len(self._words) - 1):
            word = self._words[at]
            if word.kind == "sign" and word.text in "([{":
                level += 1
            elif word.kind == "sign" and (word.text in ")]}" or (word.text == "," and level == 0)):
                level -= 1
                if level < 0:
                    return None
            elif level == 0 and word.kind == "name" and word.text == "for":
                found = self._words[at + 1]
                return found if found.kind == "name" else None
        return None

    def _object(self) -> ast.expr:
        names: list[ast.expr | None] = []
        values: list[ast.expr] = []
        while not self._take("}"):
            if names and not self._take(","):
                raise self._unexpected("}")
            names.append(self._expression())
            self._require(":")
            values.append(self._expression())
        return self._made(ast.Dict(names, values))


def _check_name(word: Token) -> None:
    if word.text.startswith("_"):
        raise refused("names may not start with '_'", "名称不能以“_”开头", word)


def _number(word: Token) -> int | float:
    value = float(word.text) if set(word.text) & set(".eE") else int(word.text)
    number: int | float = bounded(value)
    return number


def _range(least: int, most: int) -> str:
    return str(least) if least == most else f"{least}-{most}"


def _no_engine_object(owner: str | None, member: str) -> ExpressionError:
    return ExpressionError(
        f"'{owner}{member}' is an object of another engine; only {owner}.getVariable('name') and "
        f"{owner}.hasVariable('name') exist here",
        f"“{owner}{member}”是其他引擎的对象；此处只有 {owner}.getVariable('名称') 和 "
        f"{owner}.hasVariable('名称')",
    )

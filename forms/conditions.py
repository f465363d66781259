"""Conditions and bounds of components, compiled from FEEL, and the scope they are read in."""

from collections import ChainMap
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final, cast

import msgspec

from engine.domain.feel import Expression, FeelSyntaxError, Scope, compile_feel
from engine.domain.forms import FormBrokenError
from forms.definition import Bound, Component

MAX_MAGNITUDE: Final = 100


class Conditions(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about one component that depends on other values.

    Attributes:
        hides: It is hidden when any of these is true: its own condition and its groups'.
        readonly: True, or the condition under which it is.
        bounds: Name of a rule to its limit.
        options: Expression giving the options, if any.
        computed: Expression giving the value of an ``expression`` component.
        multiple: Whether several files may be chosen, or the condition under which they may.
    """

    hides: tuple[Expression, ...] = ()
    readonly: bool | Expression = False
    bounds: dict[str, Decimal | Expression] = {}
    options: Expression | None = None
    computed: Expression | None = None
    multiple: bool | Expression = False

    def is_hidden(self, scope: Scope) -> bool:
        """Whether the component is not shown, so that nothing may be posted for it."""
        return any(holds(hide, scope) for hide in self.hides)

    def is_readonly(self, scope: Scope) -> bool:
        """Whether the value shown may not be changed."""
        if isinstance(self.readonly, Expression):
            return holds(self.readonly, scope)
        return self.readonly

    def is_multiple(self, scope: Scope) -> bool:
        """Whether several files may be chosen."""
        if isinstance(self.multiple, Expression):
            return self.multiple.is_true(scope)
        return self.multiple

    def bound(self, rule: str, scope: Scope) -> Decimal | None:
        """Limit of a rule; None when there is none, or its expression gives no number."""
        limit = self.bounds.get(rule)
        if isinstance(limit, Expression):
            value = limit.evaluate(scope)
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            return Decimal(str(value)) if is_number else None
        return limit


def compiled(component: Component, inherited: tuple[Expression, ...]) -> Conditions:
    """Compile what a component says about itself.

    Raises:
        FormBrokenError: An expression or bound is wrong.
    """
    readonly, multiple = component.readonly, component.multiple
    return Conditions(
        hides=(*inherited, *own_hide(component)),
        readonly=_expression(component, readonly) if isinstance(readonly, str) else readonly,
        bounds={
            rule: _bound(component, limit)
            for rule, limit in _limits(component).items()
            if limit is not None
        },
        options=_optional(component, component.values_expression),
        computed=_expression(component, component.expression.strip() or "null")
        if component.type == "expression"
        else None,
        multiple=_expression(component, multiple) if isinstance(multiple, str) else multiple,
    )


def holds(condition: Expression, scope: Scope) -> bool:
    """Whether a condition holds: it is true, or nobody knows.

    Null holds, because form-js evaluates conditions as unary tests, and null passes one.
    """
    value = condition.evaluate(scope)
    return value is True or value is None


def own_hide(component: Component) -> tuple[Expression, ...]:
    """The component's own hide condition, if it has one."""
    hide = _optional(component, component.hide)
    return () if hide is None else (hide,)


def row_scope(scope: Scope, row: Mapping[str, Any], position: int) -> Scope:
    """Scope inside one row of a dynamic list: its own fields first, then those outside.

    Args:
        scope: Scope of the list.
        row: Values of the row.
        position: Of the row, counted from 1 as in FEEL.
    """
    outer = scope.get("_i_")
    positions = [*(outer if isinstance(outer, list) else []), position]
    names = {"this": row, "parent": scope.get("this"), "i": positions}
    marked = {f"_{name}_": value for name, value in names.items()}
    return ChainMap(cast("dict[str, Any]", row), names, marked, cast("dict[str, Any]", scope))


def _optional(component: Component, source: str) -> Expression | None:
    return _expression(component, source) if source.strip() else None


def _expression(component: Component, source: str) -> Expression:
    try:
        return compile_feel(source)
    except FeelSyntaxError as error:
        where = component.key or component.path or component.id
        raise FormBrokenError(
            f"an expression of {where!r} is wrong: {error}",
            f"“{where}”的表达式有误：{error.zh}",
        ) from error


def _limits(component: Component) -> dict[str, Bound | None]:
    rules = component.rules
    return {
        "min": rules.min,
        "max": rules.max,
        "min_length": rules.min_length,
        "max_length": rules.max_length,
        "increment": component.increment,
    }


def _bound(component: Component, limit: Bound) -> Decimal | Expression:
    if isinstance(limit, str) and limit.lstrip().startswith("="):
        return _expression(component, limit)
    try:
        number = Decimal(str(limit))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number.adjusted()) > MAX_MAGNITUDE:
        where = component.key or component.path or component.id
        raise FormBrokenError(
            f"a limit of {where!r} is {limit!r}, not a number",
            f"“{where}”的限值“{limit}”不是数字",
        )
    return number

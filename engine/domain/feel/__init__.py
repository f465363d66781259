"""FEEL, the expression language of decisions, of form-js, and of ``=`` expressions in diagrams.

One language, evaluated in two manners:

* **Total** (`Expression.evaluate`), for forms: never raises and never loops; what has no meaning
  is null, as FEEL itself has it.
* **Strict** (`Expression.compute`, `UnaryTests`), for processes and decisions: what FEEL would
  silently call null because values are of the wrong kind is a `FeelError` instead: a number
  compared with a text, arithmetic on texts, a wrong argument, a division by zero, a text that
  should be a date and is none. Null itself goes on as FEEL says: ``null < 3`` is null,
  ``null + 1`` is null, ``null = null`` is true, ``null and false`` is false, and a condition that
  is null does not hold. Variables that do not exist are null. Since variables are JSON, a text
  compared with a date, time, instant or duration is read as one; it must be one.

Numbers are decimal (34 digits), so 0.1 + 0.2 = 0.3. Left out, and refused when compiled: functions
defined by the author, ``instance of``, named arguments, patterns (regular expressions), comments.
A list is never taken out of its brackets: a filter gives a list, and a single value is not a list.
Sizes, depth and steps are bounded. Source: OMG DMN 1.3, chapter 10.3.

A source goes through `syntax` to a tree and through `evaluation` to closures (`compiling`);
`compiled` is what comes out. What values are and do is in `values` and `functions`.
"""

from engine.domain.feel.compiled import Expression, Scope, UnaryTests
from engine.domain.feel.compiling import compile_feel, compile_tests
from engine.domain.feel.errors import FeelError, FeelSyntaxError
from engine.domain.feel.evaluation.frames import Frame, strict_frame

__all__ = [
    "Expression",
    "FeelError",
    "FeelSyntaxError",
    "Frame",
    "Scope",
    "UnaryTests",
    "compile_feel",
    "compile_tests",
    "strict_frame",
]

"""The grammar of FEEL: from a source over its words to a tree.

`tokens` cuts the source into words, `cursor` walks along them, `operands` and `expressions` hold
one method for each rule of the grammar, `parser` begins; `tree` is what comes out.
"""

from engine.domain.feel.syntax.parser import Parsed, read_expression, read_tests
from engine.domain.feel.syntax.tree import Constant, Node, Test, Tests

__all__ = ["Constant", "Node", "Parsed", "Test", "Tests", "read_expression", "read_tests"]

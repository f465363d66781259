"""Decisions of DMN files: tables with all hit policies, literal expressions, requirements.

A wrong value is never returned: what is not understood is refused when deployed, what contradicts
itself fails when evaluated. Reading goes from the file (`reading`) over the table (`tabular`) to
its cells (`compiling`); `coverage` looks at a table as a whole.
"""

from engine.workflow.decisions.decision import Decision
from engine.workflow.decisions.reading import read_decisions

__all__ = ["Decision", "read_decisions"]

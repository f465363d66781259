"""Checks of a drawing before it is built, and of its processes after they were built."""

from engine.workflow.compiler.checks.built import check_process
from engine.workflow.compiler.checks.names import Drawn, check_deployment
from engine.workflow.compiler.checks.references import check_file
from engine.workflow.compiler.checks.structure import check_drawing

__all__ = ["Drawn", "check_deployment", "check_drawing", "check_file", "check_process"]

"""Gives one form to what has exactly one meaning, before a file is checked and built.

The same file always becomes the same tree: a published file is normalised again whenever it is
compiled. Every step that assumes something says so as a finding.
"""

from __future__ import annotations

from lxml import etree

from engine.workflow.compiler.normalising import dialects, forms, gaps
from engine.workflow.compiler.normalising.sieve import sift
from engine.workflow.compiler.report import Report


def normalise(root: etree._Element, report: Report) -> etree._Element:
    """Change a tree in place and give it back.

    Args:
        root: A BPMN file as read.
        report: Takes what is assumed, ignored or cannot be kept.
    """
    forms.read_truths(root, report)
    dialects.translate(root, report)
    gaps.executable(root, report)
    gaps.name_the_nameless(root, report)
    forms.resolve_event_definitions(root, report)
    forms.bind_scripts(root, report)
    forms.read_times(root, report)
    dialects.read_resources(root, report)
    sift(root, report)
    for scope in gaps.scopes(root):
        gaps.give_defaults(scope, report)
        gaps.give_start(scope, report)
        gaps.state_flows(scope, report)
        gaps.state_ends(scope, report)
        gaps.state_passing(scope, report)
    return root

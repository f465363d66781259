"""Compiler and kernel of drawn processes; the only importer of SpiffWorkflow and lxml."""

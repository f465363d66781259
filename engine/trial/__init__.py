"""Trial runs: a diagram worked through in virtual time, without publishing it.

A `Trial` is one work order on the real kernel with virtual clock, calendar and service levels of
the shipped set-up; nothing is stored. `walk` works one by itself, `engine.trial.testing` by the
steps of a model test.
"""

"""The languages of diagrams: expressions, scripts and times.

An expression goes through `tokens`, `cursor`, `operands` and `grammar` to `expressions`; what it
may do is in `operators` and `functions`, and what may be kept of it in `values`. `scripts` are
expressions in `lines`. Times are `timers` (instants, with `durations`) and `cycles` (with `cron`).
"""

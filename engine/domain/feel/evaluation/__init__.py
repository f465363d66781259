"""From trees to values: what a tree does is built once, out of closures, and run often.

`folding` computes what is constant, `building` has one builder for each kind of node (with
`calls`, `paths`, `loops` and `membership` for the larger ones), `unary_tests` those of cells;
`frames` is what they all read from while they run.
"""

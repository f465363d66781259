"""Parts of a graph in which one can go round."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping


def cycles(ways: Mapping[str, Iterable[str]]) -> Iterator[list[str]]:
    """Strongly connected parts that have a cycle, their nodes in the order they were met.

    Without recursion: the depth is the author's. Source: R. Tarjan, Depth-first search and linear
    graph algorithms, 1972.

    Args:
        ways: Nodes that follow each node.
    """
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    for root in ways:
        todo: list[tuple[str, Iterator[str] | None]] = [] if root in index else [(root, None)]
        while todo:
            name, following = todo.pop()
            if following is None:
                index[name] = low[name] = len(index)
                stack.append(name)
                on_stack.add(name)
                following = iter(ways[name])
            for other in following:
                if other not in index:
                    todo += [(name, following), (other, None)]
                    break
                if other in on_stack:
                    low[name] = min(low[name], index[other])
            else:
                if todo:
                    before = todo[-1][0]
                    low[before] = min(low[before], low[name])
                if low[name] == index[name]:
                    part = _popped(stack, name)
                    on_stack.difference_update(part)
                    if len(part) > 1 or name in ways[name]:
                        yield part


def _popped(stack: list[str], name: str) -> list[str]:
    """What lies on a stack from a node on, in its order; taken off."""
    part: list[str] = []
    while not part or part[-1] != name:
        part.append(stack.pop())
    return part[::-1]

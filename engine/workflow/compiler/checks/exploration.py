"""Plays all ways the tokens of a net can take, up to a bound.

Of the nodes that could go on, one is enough to be tried next: tokens do not hinder each other
(stubborn sets, A. Valmari, 1990), except that an inclusive join looks at all of them. The node
farthest upstream goes first, so tokens that can meet at a merge do meet.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Mapping
from typing import TypeAlias

import msgspec

from engine.workflow.compiler.checks.net import Net, NetNode

MAX_MARKINGS = 3_000
#: Looked at after the first join was found stuck.
_MORE_MARKINGS = 500
#: A marking of more flows than this counts for several.
_HANDFUL = 20
#: Firings looked back at for a loop that makes ever more tokens.
_MAX_BACK = 200

#: Number of tokens by flow, flows without one left out, in a fixed order.
Marking: TypeAlias = tuple[tuple[str, int], ...]


class Firing(msgspec.Struct, frozen=True):
    """One node passing on one token, or one of each flow it joins.

    Attributes:
        clears: Whether it takes all tokens away.
    """

    node: str
    taken: tuple[str, ...]
    given: tuple[str, ...]
    clears: bool = False


class Stuck(msgspec.Struct, frozen=True):
    """A join that waits for ever.

    Attributes:
        waiting: Flows into it that have a token. missing: Those that have none.
        ways: Ids of the elements tokens came through, from the start: that of one that waits
            here, then those of tokens that ended before.
    """

    join: str
    waiting: tuple[str, ...]
    missing: tuple[str, ...]
    ways: tuple[tuple[str, ...], ...]


class Outcome(msgspec.Struct):
    """What became of the tokens.

    Attributes:
        stuck: Joins that can wait for ever, by node.
        merging: Nodes at which several tokens meet that are not joined.
        growing: Nodes that make ever more tokens.
        is_complete: Whether every way was looked at.
    """

    stuck: dict[str, Stuck] = {}
    merging: set[str] = set()
    growing: set[str] = set()
    is_complete: bool = True


def explore(net: Net, limit: int = MAX_MARKINGS) -> Outcome:
    """Play a net from every beginning.

    Args:
        net: The net.
        limit: Markings looked at before giving up.
    """
    outcome = Outcome()
    for beginning in net.beginnings:
        limit -= _Exploration(net, outcome, limit).run(beginning)
    return outcome


class _Exploration:
    def __init__(self, net: Net, outcome: Outcome, limit: int) -> None:
        self.net = net
        self.outcome = outcome
        self.limit = limit
        self.rank = _ranks(net)
        self.order = {flow: (self.rank.get(net.targets[flow], 0), flow) for flow in net.targets}
        self.reach = {
            name: _reachability(net, name)
            for name, node in net.nodes.items()
            if node.join == "inclusive"
        }
        self.seen = 0
        self.before: dict[Marking, tuple[Marking, Firing] | None] = {}

    def run(self, beginning: tuple[str, ...]) -> int:
        """Play; number of markings seen."""
        first = self._marking(Counter(beginning))
        self.before[first] = None
        todo = [first]
        while todo:
            marking = todo.pop()
            firings = list(self._firings(dict(marking)))
            if not firings and marking:
                if not self.outcome.stuck:
                    self.limit = min(self.limit, self.seen + _MORE_MARKINGS)
                self._stuck(marking)
            for firing in firings:
                after = self._after(marking, firing)
                if after in self.before:
                    continue
                self.seen += 1 + len(after) // _HANDFUL
                if self.seen >= self.limit:
                    self.outcome.is_complete = False
                    return self.seen
                self.before[after] = (marking, firing)
                if not self._grows(after, firing):
                    todo.append(after)
        return self.seen

    def _marking(self, tokens: Mapping[str, int]) -> Marking:
        held = (item for item in tokens.items() if item[1])
        return tuple(sorted(held, key=lambda item: self.order[item[0]]))

    def _firings(self, tokens: Mapping[str, int]) -> Iterator[Firing]:
        nodes = dict.fromkeys(self.net.targets[flow] for flow in tokens)
        able = [
            name
            for name in sorted(nodes, key=lambda name: self.rank.get(name, 0))
            if self._is_able(self.net.nodes[name], tokens)
        ]
        for name in self._in_order_of_the_kernel(able, tokens) if self.reach else able[:1]:
            yield from self._fire(name, tokens)

    def _in_order_of_the_kernel(self, able: list[str], tokens: Mapping[str, int]) -> list[str]:
        """Inclusive joins are looked at when all others wait, and go before those that wait."""
        at_once = [name for name in able if not self.net.nodes[name].waits]
        at_once = [name for name in at_once if name not in self.reach]
        if at_once:
            return at_once[:1]
        return [name for name in self.reach if self._may_join(name, tokens)] or able

    def _is_able(self, node: NetNode, tokens: Mapping[str, int]) -> bool:
        if node.join == "all":
            return all(flow in tokens for flow in node.inputs)
        return node.join == "any"

    def _may_join(self, name: str, tokens: Mapping[str, int]) -> bool:
        """Whether no other token can still come along an empty flow. Source: BPMN 13.4.3."""
        node, reach = self.net.nodes[name], self.reach[name]
        filled = {flow for flow in node.inputs if flow in tokens}
        if not filled:
            return False
        for flow in tokens:
            target = self.net.targets[flow]
            if target == name:
                continue
            reached = reach.get(target, frozenset())
            if reached - filled and not reached & filled:
                return False
        return True

    def _fire(self, name: str, tokens: Mapping[str, int]) -> Iterator[Firing]:
        node = self.net.nodes[name]
        marked = [flow for flow in node.inputs if flow in tokens]
        if node.join == "any":
            if len(marked) > 1:
                self.outcome.merging.add(name)
            marked = marked[:1]
        for way in node.exits:
            for given in way.choices():
                yield Firing(name, tuple(marked), given, way.clears)

    def _after(self, marking: Marking, firing: Firing) -> Marking:
        if firing.clears:
            return ()
        tokens = Counter(dict(marking))
        tokens.subtract(firing.taken)
        tokens.update(firing.given)
        return self._marking(tokens)

    def _grows(self, marking: Marking, firing: Firing) -> bool:
        """Whether the same node was left before with some of these tokens only.

        A reminder that goes its own way each time round a loop is cut off here, but not told.
        """
        tokens, number = dict(marking), sum(count for _, count in marking)
        splitting = firing.node
        at, back = self.before[marking], 0
        while at is not None and back < _MAX_BACK // (1 + number // _HANDFUL):
            back += 1
            earlier, fired = at
            if len(fired.given) > 1:
                splitting = fired.node
            step = self.before[earlier]
            if (
                step is not None
                and step[1].node == firing.node
                and sum(count for _, count in earlier) < number
                and all(tokens.get(flow, 0) >= count for flow, count in earlier)
            ):
                before = dict(earlier)
                if any(
                    count > before.get(flow, 0) and flow not in self.net.beside
                    for flow, count in marking
                ):
                    self.outcome.growing.add(splitting)
                return True
            at = step
        return False

    def _stuck(self, marking: Marking) -> None:
        tokens = dict(marking)
        for name in dict.fromkeys(self.net.targets[flow] for flow in tokens):
            if name in self.outcome.stuck:
                continue
            inputs = self.net.nodes[name].inputs
            waiting = tuple(flow for flow in inputs if flow in tokens)
            self.outcome.stuck[name] = Stuck(
                join=name,
                waiting=waiting,
                missing=tuple(flow for flow in inputs if flow not in tokens),
                ways=self._ways(marking, waiting[0]),
            )

    def _ways(self, marking: Marking, flow: str) -> tuple[tuple[str, ...], ...]:
        """The ways of tokens, found by playing again what led here."""
        firings: list[Firing] = []
        at = self.before[marking]
        while at is not None:
            firings.append(at[1])
            at = self.before[at[0]]
        ways: dict[str, deque[tuple[str, ...]]] = {}
        ended: list[tuple[str, ...]] = []
        trails = self.net.trails
        for firing in reversed(firings):
            taken = (
                ways[one].popleft() + trails.get(one, ()) for one in firing.taken if ways.get(one)
            )
            before = max(taken, key=len, default=())
            way = before + self.net.nodes[firing.node].names
            for one in firing.given:
                ways.setdefault(one, deque()).append(way)
            if not firing.given:
                ended.append(way)
        first = ways[flow][0] if ways.get(flow) else ()
        return (first + trails.get(flow, ()), *ended)


def _ranks(net: Net) -> dict[str, int]:
    """Position of every node, those upstream first and branches one after the other."""
    ranked: list[str] = []
    seen: set[str] = set()
    for root in (net.targets[flow] for beginning in net.beginnings for flow in beginning):
        todo = [(root, False)]
        while todo:
            name, is_done = todo.pop()
            if is_done:
                ranked.append(name)
            elif name not in seen:
                seen.add(name)
                todo.append((name, True))
                todo += [(net.targets[flow], False) for flow in net.nodes[name].outputs]
    return {name: position for position, name in enumerate(reversed(ranked))}


def _reachability(net: Net, join: str) -> dict[str, frozenset[str]]:
    """Flows into a join that a token at each node can come along without crossing the join."""
    reach: dict[str, set[str]] = {}
    for flow in net.nodes[join].inputs:
        todo = [net.sources[flow]]
        seen = {join, ""}
        while todo:
            name = todo.pop()
            if name not in seen:
                seen.add(name)
                reach.setdefault(name, set()).add(flow)
                todo += [net.sources[one] for one in net.nodes[name].inputs]
    return {name: frozenset(flows) for name, flows in reach.items()}

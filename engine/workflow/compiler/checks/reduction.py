"""Makes a net smaller without changing whether it can get stuck.

Well-formed parts (sequences, blocks of parallel, alternative or optional branches, loops) shrink
to one node; what is left is what has to be explored.
"""

from __future__ import annotations

from engine.workflow.compiler.checks.net import Exit, Net, NetNode


def reduce(net: Net) -> None:
    """Shrink a net in place until no rule applies any more."""
    # In rounds: a node whose neighbours all change is looked at once after that.
    todo = dict.fromkeys(net.nodes)
    while todo:
        name = next(iter(todo))
        del todo[name]
        if name not in net.nodes:
            continue
        around = _around(net, name)
        if (
            _drop_ended(net, name)
            or _join_parallel(net, name)
            or _join_alternatives(net, name)
            or _absorb(net, name)
            or _bypass(net, name)
        ):
            todo |= dict.fromkeys([name, *around])


def _around(net: Net, name: str) -> list[str]:
    """Neighbours of a node: what may shrink next once the node has."""
    node = net.nodes[name]
    before = (net.sources[flow] for flow in node.inputs)
    return [*(one for one in before if one), *(net.targets[flow] for flow in node.outputs)]


def _drop_ended(net: Net, name: str) -> bool:
    """Of tokens passed on together, those that only end need not be looked at."""
    changed = False
    for way in net.nodes[name].exits:
        for kind in (way.always, way.some):
            ended = [flow for flow in kind if _only_ends(net, flow)]
            # One stays, so that the way of a token is told to its end.
            ended = ended if len(way.always) > len(ended) or kind is way.some else ended[1:]
            if ended and (kind is way.always or way.always):
                gone = set(ended)
                kind[:] = [flow for flow in kind if flow not in gone]
                for flow in ended:
                    _forget(net, flow)
                changed = True
    return changed


def _only_ends(net: Net, flow: str) -> bool:
    """Whether a token that comes along a flow ends at once, and meets no other one before."""
    node = net.nodes[net.targets[flow]]
    ends = len(node.exits) == 1 and not node.exits[0].clears and not node.outputs
    is_alone = len(node.inputs) == 1 or not net.working.intersection(node.names)
    return ends and node.join == "any" and is_alone and not _may_gather(net, flow)


def _may_gather(net: Net, flow: str) -> bool:
    """Whether each time round a loop may leave one more token on the way to an end."""
    source, target = net.nodes[net.sources[flow]], net.nodes[net.targets[flow]]
    is_slow = target.waits or flow in net.slow
    return is_slow and flow not in net.beside and not net.cyclic.isdisjoint(source.names)


def _join_parallel(net: Net, name: str) -> bool:
    """Flows taken together into the same join are one flow."""
    node = net.nodes[name]
    changed = False
    for way in node.exits:
        if len(way.always) + len(way.some) < 2:  # noqa: PLR2004 - a pair
            continue
        for kind, others in ((way.always, way.some), (way.some, [])):
            kept: dict[str, str] = {}
            for flow in list(kind):
                target = net.targets[flow]
                # A flow that is optional joins only where a missing token is not waited for.
                if net.nodes[target].join == "any" or (
                    kind is way.some and net.nodes[target].join == "all"
                ):
                    continue
                if target in kept:
                    kind.remove(flow)
                    _forget(net, flow)
                    changed = True
                kept.setdefault(target, flow)
            for flow in list(others):
                target = net.targets[flow]
                if target in kept and net.nodes[target].join == "inclusive":
                    others.remove(flow)
                    _forget(net, flow)
                    changed = True
    return changed


def _join_alternatives(net: Net, name: str) -> bool:
    """Alternative flows to the same merge are one; one back to itself changes nothing."""
    node = net.nodes[name]
    kept: dict[str, Exit] = {}
    changed = False
    for way in list(node.exits):
        if len(way.always) != 1 or way.some or way.clears:
            continue
        (flow,) = way.always
        target = net.targets[flow]
        if net.nodes[target].join != "any":
            continue
        if target in kept or (target == name and len(node.exits) > 1):
            node.exits.remove(way)
            _forget(net, flow)
            changed = True
        else:
            kept[target] = way
    return changed


def _absorb(net: Net, name: str) -> bool:
    """A node whose only way leads to a node with no other way in are one."""
    node = net.nodes[name]
    flow = _only_way(node)
    if flow is None:
        return False
    target = net.targets[flow]
    following = net.nodes[target]
    if target == name or len(following.inputs) != 1:
        return False
    net.nodes[name] = NetNode(
        names=node.names + net.trails.get(flow, ()) + following.names,
        join=node.join,
        inputs=node.inputs,
        exits=following.exits,
        waits=node.waits or following.waits,
    )
    del net.nodes[target], net.sources[flow], net.targets[flow]
    for out in net.nodes[name].outputs:
        net.sources[out] = name
    return True


def _bypass(net: Net, name: str) -> bool:
    """A node with one way in and one way out is no more than a flow."""
    node = net.nodes[name]
    flow = _only_way(node)
    if flow is None or len(node.inputs) != 1 or net.targets[flow] == name:
        return False
    (before,) = node.inputs
    source = net.sources[before]
    if not source:
        return False
    for way in net.nodes[source].exits:
        for kind in (way.always, way.some):
            if before in kind:
                kind[kind.index(before)] = flow
    net.trails[flow] = net.trails.get(before, ()) + node.names + net.trails.get(flow, ())
    net.sources[flow] = source
    if node.waits or before in net.slow:
        net.slow.add(flow)
    del net.nodes[name], net.sources[before], net.targets[before]
    return True


def _only_way(node: NetNode) -> str | None:
    """The flow every token leaves by, if there is just one."""
    if len(node.exits) != 1 or node.exits[0].some or len(node.exits[0].always) != 1:
        return None
    return node.exits[0].always[0]


def _forget(net: Net, flow: str) -> None:
    """A flow that is no longer needed; a join left with one flow waits for nothing."""
    target = net.nodes[net.targets[flow]]
    target.inputs.remove(flow)
    if len(target.inputs) == 1:
        target.join = "any"
    del net.sources[flow], net.targets[flow]

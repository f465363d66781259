"""Every event definition in every position. Source: BPMN 2.0.2, 10.5.1, table 10.93."""

from __future__ import annotations

from collections.abc import Iterator

from tests.conformance.drawing import (
    around,
    compensate,
    definition,
    link,
    transaction,
    undo,
)
from tests.support.bpmn_builder import (
    catch,
    condition,
    end,
    event,
    event_sub,
    job,
    model,
    node,
    sequence,
    start,
    sub,
    throw,
    timer,
    user,
    xor,
)

#: ``+`` runs, ``-`` does not exist in the standard, ``x`` exists and is refused here; ``.`` makes
#: no difference, because what is compensated has ended already.
MATRIX = """
                   start sub esp esp-non catch boundary boundary-non throw end
none                 +    +   -     -      -      -          -         +    +
message              +    -   +     +      +      +          +         +    +
timer                +    -   +     +      +      +          +         -    -
signal               +    -   +     +      +      +          +         +    +
conditional          +    -   +     +      +      +          +         -    -
error                -    -   +     -      -      +          -         -    +
escalation           -    -   +     +      -      +          +         +    +
compensate           -    -   +     .      -      +          .         +    +
cancel               -    -   -     -      -      +          -         -    +
terminate            -    -   -     -      -      -          -         -    +
link                 -    -   -     -      +      -          -         +    -
multiple             x    -   x     x      x      x          x         x    x
parallelMultiple     x    -   x     x      x      x          x         -    -
"""
NAMES = "message:m signal:g error:E1 escalation:X"
_DEFINITIONS = {
    "none": "",
    "message": event("message", "m"),
    "timer": timer("PT1H"),
    "signal": event("signal", "g"),
    "conditional": condition("${n > 3}"),
    "error": event("error", "E1"),
    "escalation": event("escalation", "X"),
    "compensate": compensate(),
    "cancel": definition("cancel"),
    "terminate": definition("terminate"),
    "link": link("L"),
    "multiple": event("message", "m") + event("signal", "g"),
    "parallelMultiple": event("message", "m") + event("signal", "g"),
}
_CANCEL = _DEFINITIONS["cancel"]


def cells() -> Iterator[tuple[str, str, str]]:
    """Kind of event, position and verdict of every cell."""
    head, *rows = (line.split() for line in MATRIX.strip().splitlines())
    for kind, *verdicts in rows:
        for position, verdict in zip(head, verdicts, strict=True):
            if verdict != ".":
                yield kind, position, verdict


def drawn(kind: str, position: str) -> bytes:
    """A drawing with the event ``x`` of this kind in this position, otherwise right."""
    inner = _DEFINITIONS[kind]
    attrs = {"parallelMultiple": "true"} if kind == "parallelMultiple" else {}
    place, _, non = position.partition("-")
    if place in {"start", "sub", "esp"}:
        return _begun(place, inner, {"isInterrupting": _truth(not non), **attrs})
    if place == "boundary":
        return _guarded(kind, inner, {"cancelActivity": _truth(not non), **attrs})
    if place == "catch":
        return _linked(catch("x", inner, attrs=attrs), throw("l", link("L")), kind)
    if place == "throw":
        return _linked(throw("x", inner), catch("l", link("L")), kind)
    if kind == "cancel":
        return _deal("d", "x", {})
    return model(start(), user("a"), end("x", inner), flows="s a x", names=NAMES)


def _begun(place: str, inner: str, attrs: dict[str, str]) -> bytes:
    if place == "start":
        return model(start("x", inner, attrs=attrs), user("a"), end(), flows="x a e", names=NAMES)
    if place == "sub":
        box = sub("y", start("x", inner), user("a"), end("ye"), flows="x a ye")
        return around(box, flows="s y e", names=NAMES)
    handler = event_sub("es", start("x", inner, attrs=attrs), user("b"), end("ee"), flows="x b ee")
    return around(_box(handler), throw("undo", compensate("y")), flows="s y undo e", names=NAMES)


def _box(inside: str = "") -> str:
    """A sub-process ``y`` in which a person works, something escalates and a job may fail."""
    return sub("y", start("ys"), user("a"), throw("t", _DEFINITIONS["escalation"]), job("w"),
               end("ye"), inside, flows="ys a t w ye")  # fmt: skip


def _truth(holds: bool) -> str:
    return str(holds).lower()


def _linked(event_x: str, other: str, kind: str) -> bytes:
    if kind != "link":
        return around(event_x, user("a"), flows="s x a e", names=NAMES)
    flows = "s l; x a e" if "CatchEvent" in event_x else "s x; l a e"
    return around(event_x, other, user("a"), flows=flows)


def _guarded(kind: str, inner: str, attrs: dict[str, str]) -> bytes:
    if kind == "cancel":
        return _deal("x", "no", attrs)
    if kind == "compensate":
        return around(user("a"), undo("a").replace("c_a", "x"), throw("t", compensate()),
                      flows="s a t e")  # fmt: skip
    event_x = node("boundaryEvent", "x", inner, attrs={"attachedToRef": "y", **attrs})
    return around(_box(), event_x, user("b"), flows="s y e; x b e", names=NAMES)


def _deal(caught: str, ending: str, attrs: dict[str, str]) -> bytes:
    """A transaction with a cancel end event, caught at its boundary."""
    deal = transaction("y", start("ys"), user("a"), xor("g", default="g_ye"), end("ye"),
                       end(ending, _CANCEL),
                       flows=sequence(f"ys a g; g ye; g {ending} : off"))  # fmt: skip
    event_x = node("boundaryEvent", caught, _CANCEL, attrs={"attachedToRef": "y", **attrs})
    return around(deal, event_x, user("b"), flows=f"s y e; {caught} b e")


def table() -> str:
    """The matrix as it stands in the document."""
    head, *rows = (line.split() for line in MATRIX.strip().splitlines())
    titles = " | ".join(_TITLES[one] for one in head)
    words = {"+": "runs", "-": "", "x": "refused", ".": "–"}
    lines = [
        f"| {kind} | {' | '.join(words[one] for one in verdicts)} |" for kind, *verdicts in rows
    ]
    return "\n".join([f"| event | {titles} |", "|---" * (len(head) + 1) + "|", *lines])


_TITLES = {
    "start": "start",
    "sub": "start of sub-process",
    "esp": "of event sub-process",
    "esp-non": "non-interrupting",
    "catch": "catching",
    "boundary": "boundary",
    "boundary-non": "non-interrupting",
    "throw": "throwing",
    "end": "end",
}

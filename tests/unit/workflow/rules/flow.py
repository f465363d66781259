"""An example for every rule about the ways tokens take."""

from tests.support.bpmn_builder import (
    boundary,
    end,
    inc,
    model,
    par,
    script,
    start,
    timer,
    user,
    xor,
)

_BRANCHES = "s x; x a; x b; a j; b j; j z e"
#: So many inclusive gateways that look at each other that nobody can follow all tokens.
_RING = 14
_TANGLE = ";".join(
    f"x g{i}; g{i} a{i} : v; a{i} h{i}; g{i} h{(i + 1) % _RING} : w; h{i} e" for i in range(_RING)
)

DRAWINGS = {
    "unreachable": model(start(), user("x"), user("lost"), end(), flows="s x e; lost e"),
    "deadlock": model(
        start(), xor("x", default="x_b"), user("a"), user("b"), par("j"), user("z"), end(),
        flows="s x; x a : v; x b; a j; b j; j z e"),
    "join-never": model(
        start(), par("j"), user("a"), xor("x", default="x_e"), end(),
        flows="s j a x; x j : again; x e"),
    "merge-repeats": model(
        start(), par("x"), user("a"), user("b"), xor("j"), user("z"), end(), flows=_BRANCHES),
    "tokens-multiply": model(
        start(), xor("m"), user("a"), par("x"), user("b"), end(), flows="s m a x; x m; x b e"),
    "join-mixes": model(
        start(), user("w"), boundary("t", "w", timer("R/PT1H", "Cycle"), interrupting=False),
        par("x"), user("a"), user("b"), par("j"), end(), end("e2"),
        flows="s w e; t x; x a j; x b j; j e2"),
    "soundness-unproven": model(
        start(), par("x"), *(inc(f"g{i}") + user(f"a{i}") + inc(f"h{i}") for i in range(_RING)),
        end(), flows=f"s x;{_TANGLE}"),
    "loop-without-wait": model(
        start(), xor("m"), script("a", "v = 1"), xor("x", default="x_e"), end(),
        flows="s m a x; x m : w; x e"),
    "loop-unattended": model(
        start(), xor("m"), script("a", "v = v + 1"), xor("x", default="x_e"), end(),
        flows="s m a x; x m : v < 3; x e"),
}  # fmt: skip
EXAMPLES: dict[str, dict[str, bytes]] = {
    code: {"p.bpmn": drawing} for code, drawing in DRAWINGS.items()
}

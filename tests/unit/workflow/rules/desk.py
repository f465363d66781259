"""An example for every rule of the desk: people, units, clocks, languages, variables."""

import json

from tests.support.bpmn_builder import end, lanes, model, node, start, user, xor


def around(*elements: str, flows: str = "s x e") -> bytes:
    return model(start(), *elements, end(), flows=flows)


def form(key: str, *fields: str) -> dict[str, bytes]:
    rows = [{"type": "textfield", "id": name, "key": name} for name in fields]
    definition = {"type": "default", "id": key, "schemaVersion": 18, "components": rows}
    return {f"{key}.json": json.dumps(definition).encode()}


def chinese(tag: str, id_: str) -> str:
    return node(tag, id_).replace(f'name="{id_.upper()}"', 'name="核对合同"')


#: Started by a form, so that only its fields and what is drawn can have a value.
_ASKED = model(
    start("s", formKey="ask"), xor("x", default="x_b"), user("a", formKey="ask"),
    user("b", formKey="ask"), end(), flows="s x; x a : score > 8; x b; a e; b e",
)  # fmt: skip

#: A text that lacks its quotes.
_BARE = _ASKED.replace(b"score &gt; 8", b"amount == high").replace(b"score > 8", b"amount == high")

EXAMPLES: dict[str, dict[str, bytes]] = {
    "role-unknown": {"p.bpmn": around(lanes(astronaut="x"), user("x"))},
    "task-unassigned": {"p.bpmn": around(user("x"))},
    "unit-unknown": {"p.bpmn": around(user("x", props={"unit": "atlantis"}))},
    "other-person-unknown": {"p.bpmn": around(user("x", props={"notSamePersonAs": "s"}))},
    "signing-malformed": {"p.bpmn": around(user("x", props={"signers": "li", "signing": "2"}))},
    "signers-missing": {"p.bpmn": around(user("x", props={"signing": "all"}))},
    "skip-malformed": {"p.bpmn": around(user("x", props={"skipSameHandler": "yes"}))},
    "field-rights-malformed": {"p.bpmn": around(user("x", props={"fields": "note:secret"}))},
    "field-right-unknown": {
        "p.bpmn": around(user("x", formKey="ask", props={"fields": "nte:hidden"})),
        **form("ask", "note"),
    },
    "clock-missing": {"p.bpmn": around(user("x"))},
    "service-level-missing": {"p.bpmn": around(user("x", props={"taskClock": "gone"}))},
    "property-empty": {"p.bpmn": around(user("x", props={"milestone": ""}))},
    "property-unknown": {"p.bpmn": around(user("x", props={"taskclock": "hq_handle"}))},
    "name-missing": {"p.bpmn": around(user("x").replace('name="X"', 'name=""'))},
    "name-en-missing": {"p.bpmn": around(chinese("userTask", "x"))},
    "name-zh-missing": {"p.bpmn": around(user("check"), flows="s check e")},
    "text-unquoted": {"p.bpmn": _BARE, **form("ask", "amount")},
    "variable-unknown": {"p.bpmn": _ASKED, **form("ask", "amount")},
    "variable-misspelt": {"p.bpmn": _ASKED, **form("ask", "scores")},
    "form-unread": {
        "p.bpmn": around(
            user("x", formKey="ask"), xor("g", default="g_e"), user("a"),
            flows="s x g; g a : satisfied; g e; a e",
        ),
        **form("ask", "note"),
    },
}  # fmt: skip

"""An example for every rule about decisions."""

from collections.abc import Mapping

from tests.support.bpmn_builder import end, model, node, start
from tests.support.dmn_builder import decision, dmn, literal, table


def drawn(*rows: list[str], kind: str = "number", output: str = "p", **options: str) -> bytes:
    return dmn(decision("d", table([f"n:{kind}"], [output], rows, **options)))


ONE = ["-", "1"]

#: Rule code to the files of a deployment that breaks it.
EXAMPLES: Mapping[str, Mapping[str, bytes]] = {
    "decision-missing": {
        "a.bpmn": model(
            start(), node("businessRuleTask", "r", decisionRef="gone", resultVariable="x"), end(),
            flows="s r e",
        ),
        "d.dmn": drawn(ONE),
    },
    **{
        code: {"d.dmn": file}
        for code, file in {
            "decision-invalid": drawn(["[1..", "1"]),
            "decision-table-invalid": drawn(ONE, policy="BEST"),
            "decision-type-unknown": drawn(ONE, kind="tGone"),
            "decision-type-mismatch": drawn(['"A"', "1"]),
            "decision-language": drawn(["${n}", "1"]).replace(
                b"<inputEntry>", b'<inputEntry expressionLanguage="juel">'
            ),
            "decision-logic-missing": dmn(decision("d", "")),
            "decision-logic-unsupported": dmn(decision("d", "<context/>")),
            "decision-element-unknown": drawn(ONE).replace(b"inputEntry", b"inputEntri"),
            "decision-without-id": drawn(ONE).replace(b'<decision id="d"', b"<decision"),
            "decision-repeated": dmn(decision("d", literal("1")), decision("d", literal("2"))),
            "decision-requirement-missing": dmn(decision("d", literal("1"), requires=["gone"])),
            "decision-cycle": dmn(
                decision("a", literal("1"), requires=["b"]),
                decision("b", literal("1"), requires=["a"]),
            ),
            "decision-chain-long": dmn(
                *(
                    decision(f"d{at}", literal("1"), requires=[f"d{at - 1}"] if at else [])
                    for at in range(60)
                )
            ),
            "decision-service-ignored": drawn(ONE).replace(
                b"</definitions>", b'<decisionService id="s" name="S"/></definitions>'
            ),
            "decision-name-undeclared": drawn(["< max_n", "1"]),
            "decision-rule-unreachable": drawn(ONE, ["> 5", "2"], policy="FIRST"),
            "decision-rules-overlap": drawn(["> 3", "1"], ["> 5", "2"]),
            "decision-gap": drawn(["< 5", "1"], ["> 5", "2"]),
        }.items()
    },
}  # fmt: skip

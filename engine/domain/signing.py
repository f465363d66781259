"""Signing rounds 加签: who else signs a task, before or after its worker completes it.

A round is a value on the task. Opinions given *before* are advice: they have to be there, but bind
nobody. Signatures *after* completion decide: only when they pass does the process go on.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, Final, Literal

import msgspec

When = Literal["before", "after"]
Verdict = Literal["", "approved", "rejected"]

WHENS: Final[tuple[When, ...]] = ("before", "after")
#: How a rule is written: all sign 会签, one is enough 或签, or a share of the signers.
RULE: Final = re.compile(r"all|any|(?:100|[1-9][0-9]?)%", re.ASCII)


class Signature(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One signer's part.

    Attributes:
        drawn: Whether the diagram asks for it; its worker cannot take it off.
        verdict: Empty until it is given.
        by: Who gave it, if a substitute did.
    """

    person: int
    drawn: bool = False
    verdict: Verdict = ""
    remark: str = ""
    at: datetime | None = None
    by: int | None = None


class Signing(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A round in force.

    Attributes:
        rule: See `RULE`; how many opinions are wanted, or how many approvals.
        signatures: In the order they were asked for.
        earlier: Verdicts of rounds of this task that are over.
        submitted: Whether the worker has completed and the signers of an ``after`` round decide.
        values: What the worker completed with, until it is decided.
        submitted_by: Whose completion it is.
    """

    when: When
    rule: str
    signatures: tuple[Signature, ...] = ()
    earlier: tuple[Signature, ...] = ()
    submitted: bool = False
    values: dict[str, Any] = {}
    submitted_by: int | None = None

    # ---- counting ---------------------------------------------------------------------------

    @property
    def pending(self) -> tuple[int, ...]:
        """Who has not signed yet."""
        return tuple(each.person for each in self.signatures if not each.verdict)

    @property
    def approved(self) -> int:
        """How many approve."""
        return sum(each.verdict == "approved" for each in self.signatures)

    @property
    def needed(self) -> int:
        """How many opinions, or approvals, are needed: at least one."""
        return needed(self.rule, len(self.signatures))

    @property
    def is_passed(self) -> bool:
        """Whether enough approve."""
        return self.approved >= self.needed

    @property
    def is_failed(self) -> bool:
        """Whether enough can approve no more."""
        return self.approved + len(self.pending) < self.needed

    @property
    def is_decided(self) -> bool:
        """Whether no further verdict matters.

        Of opinions it matters how many there are, of decisions how many approve.
        """
        if self.when == "before":
            return len(self.signatures) - len(self.pending) >= self.needed
        return self.is_passed or self.is_failed

    @property
    def is_asking(self) -> bool:
        """Whether signers have been asked and verdicts still matter."""
        return (self.submitted or self.when == "before") and bool(
            self.signatures and not self.is_decided
        )

    def is_second(self, person: int, signer: int) -> bool:
        """Whether a signer's verdict by this person's hand would be the person's second one.

        Who is asked in their own name keeps their one voice for that. Otherwise a substitute
        could make up a round alone.
        """
        is_asked_too = person != signer and any(each.person == person for each in self.signatures)
        given = (
            each.person if each.by is None else each.by for each in self.signatures if each.verdict
        )
        return is_asked_too or person in given

    # ---- changing ---------------------------------------------------------------------------

    def joined(self, people: Iterable[int], *, drawn: bool = False) -> Signing:
        """With more signers; who is asked already is not asked twice."""
        known = {each.person for each in self.signatures}
        more = tuple(
            Signature(person=each, drawn=drawn)
            for each in dict.fromkeys(people)
            if each not in known
        )
        return msgspec.structs.replace(self, signatures=(*self.signatures, *more))

    def without(self, people: Collection[int]) -> Signing:
        """Without these signers; who has signed stays."""
        rest = tuple(each for each in self.signatures if each.verdict or each.person not in people)
        return msgspec.structs.replace(self, signatures=rest)

    def of_others(self, people: Collection[int | None]) -> Signing:
        """Without what these people sign, be it in the name of somebody else."""
        rest = tuple(
            each
            for each in self.signatures
            if each.person not in people and (each.by is None or each.by not in people)
        )
        return msgspec.structs.replace(self, signatures=rest)

    def signed(self, person: int, signature: Signature) -> Signing:
        """With a signer's verdict."""
        return msgspec.structs.replace(
            self,
            signatures=tuple(
                msgspec.structs.replace(signature, person=person, drawn=each.drawn)
                if each.person == person and not each.verdict
                else each
                for each in self.signatures
            ),
        )

    def anew(self, signatures: tuple[Signature, ...] | None = None) -> Signing:
        """Nothing submitted, nobody has signed; what was said so far is kept as earlier.

        Args:
            signatures: Who shall sign now; None for the same as before.
        """
        fresh = tuple(Signature(person=each.person, drawn=each.drawn) for each in self.signatures)
        return msgspec.structs.replace(
            self,
            signatures=fresh if signatures is None else signatures,
            earlier=(*self.earlier, *(each for each in self.signatures if each.verdict)),
            submitted=False,
            values={},
            submitted_by=None,
        )


def needed(rule: str, count: int) -> int:
    """How many of so many signers a rule wants, at least one."""
    if rule == "all":
        return max(count, 1)
    if rule == "any":
        return 1
    return max(-(-count * int(rule.removesuffix("%")) // 100), 1)


def read(value: dict[str, Any] | None) -> Signing | None:
    """The round as kept on a task."""
    return None if value is None else msgspec.convert(value, Signing)


def written(signing: Signing) -> dict[str, Any]:
    """A round as facts carry it."""
    value: dict[str, Any] = msgspec.to_builtins(signing)
    return value

"""A rule about deployed files, and how the sections of the catalogue write one down."""

import msgspec

from engine.domain.findings import Severity


class Rule(msgspec.Struct, frozen=True):
    """One rule.

    Sentences may use ``{subject}`` (name or id of the element, or the file) and the facts that
    the check gives.

    Attributes:
        en: What was expected and what is there, in English. zh: In Chinese.
        advice: What to do, in English. advice_zh: In Chinese.
        source: Clause of the standard it comes from, if any.
    """

    severity: Severity
    en: str
    zh: str
    advice: str
    advice_zh: str
    source: str = ""


def refused(en: str, zh: str, advice: str, advice_zh: str, source: str = "") -> Rule:
    """A drawing that would run differently from how it looks, or not at all."""
    return Rule("refused", en, zh, advice, advice_zh, source)


def assumed(en: str, zh: str, advice: str, advice_zh: str, source: str = "") -> Rule:
    """A gap that has one sensible meaning, which the sentence states."""
    return Rule("assumed", en, zh, advice, advice_zh, source)


def ignored(en: str, zh: str, advice: str, advice_zh: str, source: str = "") -> Rule:
    """Something without effect here."""
    return Rule("ignored", en, zh, advice, advice_zh, source)


def warning(en: str, zh: str, advice: str, advice_zh: str, source: str = "") -> Rule:
    """Something that runs as drawn, but is probably not meant."""
    return Rule("warning", en, zh, advice, advice_zh, source)

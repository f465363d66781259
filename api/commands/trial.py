"""``gongdan trial``: a diagram worked through in virtual time, without publishing it."""

from __future__ import annotations

import argparse
import random
from datetime import timedelta
from pathlib import Path
from typing import Final

import msgspec

from api.findings import as_json, as_text, summary
from api.offline import START, ZONE, tools
from api.sources import Source, deployments, shown
from api.terminal import DONE, REFUSED, UsageError, language_of, show, tell
from engine.trial.faults import explained
from engine.trial.files import OnTrial, ProcessChoiceError
from engine.trial.narration import Narrator
from engine.trial.walk import MOST_STEPS, PACE, Given, Outcome, Walked, walk

#: Bytes of the file with given data.
_MOST_DATA: Final = 10_000_000
_OUTCOMES: Final[dict[Outcome, tuple[str, str]]] = {
    "ended": (
        "The work order ended at {at} (steps: {steps}).",
        "工单于 {at} 结束，共 {steps} 步。",
    ),
    "cut": (
        "Cut at {at} after {steps} steps (--max-steps): the work order may go on for ever.",
        "已执行 {steps} 步（--max-steps），于 {at} 中止：工单可能永不结束。",
    ),
    "stuck": (
        "The work order stands still at {at}: nothing can happen any more, but it has not ended.",
        "工单于 {at} 停住：再无可发生的事，但尚未结束。",
    ),
    "incident": (
        "The work order stands still at {at}: an operator has to resolve the incident.",
        "工单于 {at} 停住：须由运维人员处理异常。",
    ),
    "values": (
        "No valid values were found for the form of {element}; give them with --data. {problems}",
        "未能为 {element} 的表单生成有效数据，请用 --data 给出。{problems}",
    ),
}
#: The same, if it was the values of the file that did not fit.
_WRONG_VALUES: Final = (
    "The values given for {element} do not fit its form. {problems}",
    "为 {element} 给出的数据不符合其表单。{problems}",
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """What to try, with which data."""
    parser.add_argument(
        "path", nargs="+", type=Path, help="diagram, decisions and forms: files or folders"
    )
    parser.add_argument("--process", help="key of the process, if there are several")
    parser.add_argument(
        "--no-desk",
        action="store_true",
        help="try the drawing alone: roles, service levels and forms need not exist",
    )
    parser.add_argument("--data", type=Path, help="JSON file with what is decided beforehand")
    parser.add_argument("--seed", type=int, default=0, help="of what is left to chance")
    parser.add_argument("--max-steps", type=_positive, default=MOST_STEPS, help="where to cut")
    parser.add_argument(
        "--pace", type=_length, default=PACE, help="working time a task takes; PT1H unless given"
    )
    parser.add_argument("--json", action="store_true", help="the trace as JSON")
    parser.add_argument("--language", choices=("zh", "en"), default=language_of())


def run(given: argparse.Namespace) -> int:
    """Print the trace; 1 if the files are refused or the work order does not end."""
    (source,) = deployments(given.path)
    data = _data(given.data)
    files = OnTrial(tools(), source.files, has_desk=not given.no_desk)
    if files.is_refused or source.findings:
        return _refused(files, source, given)
    try:
        process = files.process(given.process)
    except ProcessChoiceError as error:
        raise UsageError(f"{error} Name one with --process.") from error
    chance = random.Random(given.seed)  # noqa: S311 - nothing secret depends on it
    walked = walk(
        files,
        process,
        data,
        at=START,
        chance=chance,
        most_steps=given.max_steps,
        pace=given.pace,
    )
    if given.json:
        show(_json(walked))
        return DONE if walked.outcome == "ended" else REFUSED
    narrator = Narrator(given.language, ZONE)
    for line in narrator.told(walked.trace):
        tell(line, indent=narrator.margin)
    show("")
    tell(_outcome(walked, narrator))
    return DONE if walked.outcome == "ended" else REFUSED


def _refused(files: OnTrial, source: Source, given: argparse.Namespace) -> int:
    findings = shown([*source.findings, *files.findings], source.shown)
    if given.json:
        show(as_json(findings, is_refused=True, files=len(source.shown)))
    else:
        for line in as_text(findings, given.language):
            tell(line, indent=6)
        tell(summary(findings, len(source.shown), given.language))
    return REFUSED


def _data(path: Path | None) -> Given:
    if path is None:
        return Given()
    try:
        if path.stat().st_size > _MOST_DATA:
            raise UsageError(
                f"Expected {path} to have at most {_MOST_DATA} bytes, but it has more."
            )
        found = msgspec.json.decode(path.read_bytes(), type=Given)
    except OSError as error:
        raise UsageError(f"Expected data at {path}, but {error.strerror}.") from error
    except msgspec.DecodeError as error:
        text, place = explained(error)
        where = place.removeprefix("$").removeprefix(".")
        raise UsageError(f"{path}: {text}{f' ({where})' if where else ''}.") from error
    return found


def _outcome(walked: Walked, narrator: Narrator) -> str:
    is_chinese = narrator.language == "zh"
    en, zh = _WRONG_VALUES if walked.is_given else _OUTCOMES[walked.outcome]
    problems = (
        "".join(
            f"{path}：{''.join(one.zh for one in found)}"
            for path, found in walked.problems.items()
        )
        if is_chinese
        else " ".join(
            f"{path}: {' '.join(one.en for one in found)}"
            for path, found in walked.problems.items()
        )
    )
    return (zh if is_chinese else en).format(
        at=narrator.time(walked.trace[-1].at) if walked.trace else "",
        steps=walked.steps,
        element=walked.element,
        problems=problems,
    )


def _json(walked: Walked) -> str:
    document = {
        "process": walked.process,
        "outcome": walked.outcome,
        "steps": walked.steps,
        "element": walked.element,
        "problems": walked.problems,
        "variables": dict(walked.variables),
        "trace": [one.as_json() for one in walked.trace],
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode()


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def _length(text: str) -> timedelta:
    length = msgspec.convert(text, timedelta)
    if length < timedelta():
        raise ValueError(text)
    return length

"""Rules a linter does not know, each shown to bite on a line that breaks it."""

import ast
import re
import warnings

import pytest

from tests.architecture.source import ROOT, called, modules, name, texts, tree

#: Who may end a transaction: nobody by hand; `Database.write` does it at the end of its block.
COMMITTERS = ()
#: The clock, and the metronome that watches the wall clock for jumps.
CLOCKS = ("engine/clock.py", "engine/scheduler/metronome.py")
#: Everything that tells the time of day. ``monotonic`` and ``perf_counter`` tell lengths.
WALL_CLOCKS = frozenset(
    "datetime.now datetime.utcnow datetime.today date.today time.time time.time_ns"
    " time.localtime time.gmtime datetime.datetime.now datetime.date.today"
    " datetime.datetime.utcnow".split()
)
MAX_LINES = 300
MAX_FUNCTION = 40


def commits(module):
    return [f"{call}() in line {line}" for call, line in called(module) if is_commit(call)]


def is_commit(call):
    return call.split(".")[-1] == "commit"


def wall_clocks(module):
    return [f"{call}() in line {line}" for call, line in called(module) if call in WALL_CLOCKS]


def aborts(module):
    return [
        f"{call}() in line {line}"
        for call, line in called(module)
        if call.split(".")[-1] == "abort"
    ]


def local_imports(module):
    return [
        f"line {inner.lineno}"
        for function in ast.walk(module)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(function)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]


def offences(rule, paths, allowed=()):
    return {
        name(path): found
        for path in paths
        if not name(path).startswith(tuple(allowed)) and (found := rule(tree(path)))
    }


def test_only_the_unit_of_work_commits():
    assert offences(commits, modules(), COMMITTERS) == {}


def test_only_the_clock_tells_the_time():
    assert offences(wall_clocks, modules(), CLOCKS) == {}


def test_only_the_api_aborts_requests():
    assert offences(aborts, modules("engine", "forms", "bpmn")) == {}


def test_imports_stand_at_the_top():
    assert offences(local_imports, modules()) == {}


@pytest.mark.parametrize(
    ("rule", "line"),
    [
        (commits, "def f(): self._session.commit()"),
        (commits, "commit()"),
        (wall_clocks, "x = datetime.now(UTC)"),
        (wall_clocks, "x = time.time()"),
        (aborts, "flask.abort(404)"),
        (aborts, "abort(404)"),
        (local_imports, "def f():\n    import os"),
    ],
)
def test_every_rule_can_be_broken(rule, line):
    assert rule(ast.parse(line))


def machine_paths(text):
    """Absolute paths of somebody's machine. Written so that this file does not contain one."""
    folders = "work|root|home|Users|mnt"
    found = re.findall(rf"(?<![\w.:/}}>~-])/(?:{folders})/\w[\w./-]*", text)
    return [*found, *re.findall(re.escape(str(ROOT)) + r"\b", text)]


def test_no_path_of_a_machine_is_written_down():
    # Diagrams of others come in other encodings too.
    found = {name(path): machine_paths(path.read_text(errors="replace")) for path in texts()}
    assert {path: paths for path, paths in found.items() if paths} == {}


def test_a_path_of_a_machine_is_found():
    assert machine_paths("cd " + "/" + "home/wang/gongdan")
    assert machine_paths(f'open("{ROOT}/setup.cfg")')
    assert not machine_paths("https://example.com/home/page ~/work/x api/root/y")


def oversized(path):
    lines = path.read_text().count("\n")
    functions = [
        f"{name(path)}:{node.lineno} {node.name} has {length} lines"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef)
        and (length := (node.end_lineno or 0) - node.body[0].lineno + 1) > MAX_FUNCTION
    ]
    return ([f"{name(path)} has {lines} lines"] if lines > MAX_LINES else []) + functions


@pytest.mark.filterwarnings("default")
def test_size_is_a_guide_not_a_law():
    """Mentions what deserves a second look in the summary of warnings; does not fail."""
    found = [remark for path in modules() for remark in oversized(path)]
    if found:
        warnings.warn("look twice:\n" + "\n".join(found), stacklevel=1)


def test_what_is_too_big_is_seen(tmp_path, monkeypatch):
    big = ROOT / "engine" / "not_there.py"
    body = "def f():\n" + "    x = 1\n" * 400
    monkeypatch.setattr(type(big), "read_text", lambda _self: body)
    assert oversized(big) == [
        "engine/not_there.py has 401 lines",
        "engine/not_there.py:1 f has 400 lines",
    ]

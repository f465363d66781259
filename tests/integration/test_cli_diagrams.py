"""Commands about diagrams: check, trial, test and rules; no settings, no database."""

import json
import os
import subprocess
import sys
import time

import pytest

from api.cli import COMMANDS, main
from api.terminal import columns, folded
from engine.domain.findings import Finding
from engine.domain.rules import RULES
from engine.domain.rules.page import page
from tests.architecture.source import ROOT
from tests.support.bpmn_builder import end, job, model, start, user, xor

OK, REFUSED, USAGE = 0, 1, 2
BPMN, FORMS = ROOT / "bpmn", ROOT / "forms" / "definitions"
GOOD = model(start(), user("u", candidateGroups="agent"), end(), flows="s u e")
BAD = model(start(), user("u"), end(), user("lost"), flows="s u e; lost e")
#: Whole commands, start-up included; the machine may be busy with other tests.
SECONDS = 10


@pytest.fixture
def gongdan(capsys):
    def run(*arguments):
        code = main([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


@pytest.fixture
def folder(tmp_path):
    def write(**files):
        for name, content in files.items():
            path = tmp_path / name.replace("__", "/").replace("_", ".")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return tmp_path

    return write


# ---- check ----------------------------------------------------------------------------------


def test_the_shipped_processes_can_be_published(gongdan):
    code, out, err = gongdan("check", BPMN, FORMS, "--language", "en")
    assert (code, err) == (OK, "")
    assert out.endswith("can be published.\n")
    assert " refused " not in out.replace("0 refused", "")


def test_findings_have_place_sentence_and_advice(gongdan, folder):
    path = folder(bad_bpmn=BAD) / "bad.bpmn"
    code, out, _ = gongdan("check", path, "--language", "en")
    assert code == REFUSED
    line = next(line for line in out.splitlines() if "unreachable" in line)
    file, row, column, rest = line.split(":", 3)
    assert (file, int(row) > 0, int(column) > 0) == (str(path), True, True)
    assert rest.startswith(" refused unreachable: Expected ")
    assert "    → " in out
    assert out.splitlines()[-1] == "1 file: 1 refused, 5 warnings; cannot be published."
    order = [line.split()[1] for line in out.splitlines() if line.startswith(str(path))]
    assert order == sorted(order)  # refused, then warning
    _, chinese, _ = gongdan("check", path, "--language", "zh")
    assert "拒绝 unreachable" in chinese
    assert "不能发布" in chinese


def test_findings_as_json(gongdan, folder):
    code, out, _ = gongdan("check", folder(bad_bpmn=BAD), "--format", "json")
    told = json.loads(out)
    assert (code, told["is_refused"], told["files"]) == (REFUSED, True, 1)
    assert set(told["findings"][0]) == set(Finding.__struct_fields__)


def test_findings_as_sarif(gongdan, folder):
    code, out, _ = gongdan("check", folder(bad_bpmn=BAD), "--format", "sarif")
    log = json.loads(out)
    assert (code, log["version"]) == (REFUSED, "2.1.0")
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert {rule["id"] for rule in driver["rules"]} <= set(RULES)
    for result in run["results"]:
        rule = driver["rules"][result["ruleIndex"]]
        assert rule["id"] == result["ruleId"]
        assert rule["help"]["text"] and rule["shortDescription"]["text"]
        assert "{" not in rule["shortDescription"]["text"]
        assert result["level"] in {"error", "warning", "note"}
        assert result["message"]["text"]
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"].startswith("file:///")
        assert place["region"]["startLine"] >= 1
    unreachable = [one for one in run["results"] if one["ruleId"] == "unreachable"]
    assert [one["level"] for one in unreachable] == ["error"]


def test_what_is_a_deployment_can_be_chosen(gongdan, folder):
    path = folder(a__p_bpmn=GOOD, b__p_bpmn=GOOD, b__q_bpmn=GOOD.replace(b'id="p"', b'id="q"'))
    code, _, err = gongdan("check", path)
    assert code == USAGE
    assert "Expected every file name once" in err
    assert gongdan("check", path, "--each", "folder")[0] == OK
    assert gongdan("check", path, "--each", "file")[0] == OK
    both = folder(c__one_bpmn=GOOD, c__two_bpmn=GOOD) / "c"
    assert gongdan("check", both)[0] == REFUSED
    assert gongdan("check", both, "--each", "file")[0] == OK


def test_the_desk_can_be_left_out(gongdan, folder):
    drawn = model(start(), user("u", props={"taskClock": "no_such"}), end(), flows="s u e")
    path = folder(p_bpmn=drawn)
    code, out, _ = gongdan("check", path)
    assert code == REFUSED
    assert "service-level-missing" in out
    assert gongdan("check", path, "--no-desk")[0] == OK


def test_forms_may_end_either_way(gongdan, folder):
    form = json.dumps({"type": "default", "schemaVersion": 19, "components": []})
    path = folder(p_bpmn=model(start(), user("u", formKey="f"), end(), flows="s u e"))
    assert "form-missing" in gongdan("check", path)[1]
    assert gongdan("check", folder(f_form=form))[0] == OK
    code, out, _ = gongdan("check", folder(f_json=form))
    assert code == REFUSED
    assert "form-repeated" in out


def test_a_file_named_twice_is_one_file(gongdan, folder):
    path = folder(a__p_bpmn=GOOD) / "a" / "p.bpmn"
    code, out, _ = gongdan("check", path, path.parent, path.parent / ".." / "a" / "p.bpmn")
    assert (code, out.splitlines()[-1].startswith("1 file")) == (OK, True)
    (path.parent / "again").symlink_to(path.parent)
    assert gongdan("check", path.parent)[0] == OK


def test_places_are_counted_in_characters(gongdan, folder):
    drawn = BAD.decode().replace("<bpmn:userTask", "<!-- 丢失\U00020bb7 --><bpmn:userTask")
    path = folder(bad_bpmn=drawn) / "bad.bpmn"
    run = json.loads(gongdan("check", path, "--format", "sarif")[1])["runs"][0]
    assert run["columnKind"] == "unicodeCodePoints"
    (place,) = [one["locations"][0]["physicalLocation"]["region"] for one in run["results"]
                if one["ruleId"] == "unreachable"]  # fmt: skip
    line = path.read_text().splitlines()[place["startLine"] - 1]
    assert line[place["startColumn"] - 1 :].startswith('<bpmn:userTask id="lost"')


def test_the_code_holds_when_nobody_reads_on(folder):
    with subprocess.Popen(
        [sys.executable, "-m", "api.cli", "check", folder(bad_bpmn=BAD)],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as checking:  # fmt: skip
        checking.stdout.close()
        assert (checking.stderr.read(), checking.wait()) == (b"", REFUSED)


SENTENCE = "“传输/线路”应交给系统中已有的角色，但“线路组”不是。 Use one of: agent, line."


@pytest.mark.parametrize("width", [12, 20, 31, 80])
def test_sentences_are_folded_to_the_terminal(width):
    lines = list(folded(SENTENCE, width, 4))
    assert "".join(lines).replace(" ", "") == SENTENCE.replace(" ", "")
    assert all(columns(line) <= width for line in lines)
    assert all(line.startswith("    ") for line in lines[1:])
    assert not any(line.strip().startswith(tuple("，。”")) for line in lines)
    assert not any(line.endswith("“") for line in lines)


def test_a_huge_file_is_not_read(gongdan, tmp_path):
    huge = tmp_path / "huge.bpmn"
    with huge.open("wb") as file:
        file.truncate(10 * 2**30)
    began = time.perf_counter()
    code, out, _ = gongdan("check", huge)
    assert time.perf_counter() - began < 1
    assert code == REFUSED
    assert "file-too-large" in out


def test_names_may_be_of_any_bytes(gongdan, folder):
    path = folder(bad_bpmn=BAD)
    odd = os.fsencode(path / "bad.bpmn").replace(b"bad", b"\xff\xfe")
    (path / "bad.bpmn").rename(os.fsdecode(odd))
    for format_ in ("text", "json", "sarif"):
        code, out, _ = gongdan("check", path, "--format", format_)
        assert code == REFUSED
        assert ".bpmn" in out


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_terminal_without_chinese_is_no_reason_to_fail(encoding):
    done = subprocess.run(
        [sys.executable, "-m", "api.cli", "check", "bpmn/line_lease.bpmn", "--language", "zh"],
        cwd=ROOT, capture_output=True, check=False, timeout=60,
        env={**os.environ, "PYTHONIOENCODING": encoding},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (REFUSED, b"")
    assert b"form-missing" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["/dev/null"], "neither"),
        (["nowhere"], "does not exist"),
        (["{}"], "there are none"),
        (["{}/readme.txt"], "to end in .bpmn"),
        ([], "required: path"),
        (["{}", "--format", "xml"], "invalid choice"),
    ],
)
def test_wrong_use_of_check(arguments, said, gongdan, capsys, tmp_path):
    (tmp_path / "readme.txt").write_text("hello")
    try:
        code = main(["check", *(one.format(tmp_path) for one in arguments)])
    except SystemExit as ended:
        code = ended.code
    assert code == USAGE
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("gongdan: ")
    assert said in line


def big(size):
    middle = [f"u{position}" for position in range(size)]
    elements = [user(name, candidateGroups="agent") for name in middle]
    return model(start(), *elements, end(), flows=f"s {' '.join(middle)} e")


def test_checking_is_quick_with_its_start(folder):
    path = folder(big_bpmn=big(500))
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "api.cli", "check", path],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (OK, "")
    assert time.perf_counter() - began < SECONDS


def test_help_imports_no_command():
    code = "import sys; from api.cli import main\ntry: main(['--help'])\nexcept SystemExit: pass\n"
    code += "print([m for m in ('flask', 'sqlalchemy', 'SpiffWorkflow') if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"
    assert all(f"  {command} " in done.stdout or command in done.stdout for command in COMMANDS)


def test_checking_imports_no_server():
    code = (
        "import sys; from api.cli import main; main(['check', 'bpmn/line_lease.bpmn'])\n"
        "print([m for m in ('flask', 'sqlalchemy', 'apscheduler') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


# ---- trial ----------------------------------------------------------------------------------


def test_a_trial_tells_who_gets_what_when(gongdan):
    arguments = ("trial", BPMN, FORMS, "--process", "line_lease")
    code, out, err = gongdan(*arguments, "--language", "en")
    assert (code, err) == (OK, "")
    assert "2026-03-02 Mon 09:00  ▸ start Line lease request (line_lease)" in out
    assert "Obtain a quote (lease_quote) → line@order; form lease_quote; due 2026-03-04" in out
    assert "ended: completed, at end_leased\n\nThe work order ended at " in out
    assert gongdan(*arguments, "--language", "en")[1] == out
    assert gongdan(*arguments, "--language", "en", "--seed", "1")[1] != out
    assert "任务 询价 (lease_quote) → line" in gongdan(*arguments, "--language", "zh")[1]


def test_a_trial_as_json(gongdan, folder):
    path = folder(
        p_bpmn=model(start(), job("j", "t"), user("u"), end(), flows="s j u e"),
        data_txt=json.dumps({"jobs": {"t": {"gives": {"x": 1}}}, "tasks": {"u": {"y": 2}}}),
    )
    code, out, _ = gongdan("trial", path / "p.bpmn", "--data", path / "data.txt", "--json")
    told = json.loads(out)
    assert (code, told["outcome"], told["variables"]) == (OK, "ended", {"x": 1, "y": 2})
    kinds = [line["kind"] for line in told["trace"]]
    assert kinds[0] == "acted" and kinds[-1] == "instance_ended"
    assert all(line["at"] for line in told["trace"])


def test_what_was_entered_is_told_once(gongdan, folder):
    path = folder(
        p_bpmn=model(start(), user("u"), end(), flows="s u e"),
        data_txt=json.dumps({"tasks": {"u": {"y": "a b", "n": "1", "m": 2, "t": "a,b"}}}),
    )
    _, out, _ = gongdan("trial", path / "p.bpmn", "--data", path / "data.txt", "--language", "en")
    assert '▸ complete U (u): y=a b, n="1", m=2, t="a,b"' in out
    assert "variables" not in out


def test_a_timer_waiting_for_its_clock_is_told_once(gongdan):
    _, out, _ = gongdan("trial", BPMN, FORMS, "--process", "leased_line_provisioning",
                        "--language", "zh")  # fmt: skip
    lines = out.splitlines()
    assert sum("order_jeopardy" in line and "将于" in line for line in lines) == 1
    assert lines[-1].startswith("工单于 2026-") and "结束" in lines[-1]
    starts = {line.index("任务 ") for line in lines if line.strip().startswith("任务 ")}
    assert starts == {23}  # below the sentences beside a time: a Chinese sign takes two columns


def test_values_that_do_not_fit_are_the_ones_given(gongdan, folder):
    path = folder(data_txt=json.dumps({"tasks": {"lease_quote": {"line_rent": "dear"}}}))
    arguments = ("trial", BPMN, FORMS, "--process", "line_lease", "--data", path / "data.txt")
    code, out, _ = gongdan(*arguments, "--language", "en")
    assert code == REFUSED
    last = out.splitlines()[-1]
    assert last.startswith("The values given for lease_quote do not fit its form. line_rent: ")


def test_an_endless_loop_is_cut(gongdan, folder):
    drawn = model(start(), user("u"), xor("g", default="g_u"), end(),
                  flows="s u g u; g e : ${false}")  # fmt: skip
    code, out, _ = gongdan("trial", folder(p_bpmn=drawn), "--max-steps", 30, "--language", "en")
    assert code == REFUSED
    assert "after 30 steps (--max-steps)" in out


def test_a_refused_diagram_is_not_tried(gongdan, folder):
    code, out, _ = gongdan("trial", folder(bad_bpmn=BAD), "--language", "en")
    assert code == REFUSED
    assert "refused unreachable" in out
    assert json.loads(gongdan("trial", folder(bad_bpmn=BAD), "--json")[1])["is_refused"]


def test_a_drawing_alone_can_be_tried(gongdan, folder):
    drawn = user("u", candidateGroups="nobody", formKey="none", props={"taskClock": "no_such"})
    path = folder(p_bpmn=model(start(), drawn, end(), flows="s u e"))
    assert gongdan("trial", path)[0] == REFUSED
    code, out, _ = gongdan("trial", path, "--no-desk", "--language", "en")
    assert code == OK
    assert "task U (u) → nobody@order; form none" in out
    assert "TROUBLE: Expected a service level 'no_such', but there is none." in out


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("{", "Expected JSON, but"),
        ('{"job": {}}', "`job` does not"),
        ('{"at": "2026-03-02T09:00:00"}', "with its offset"),
        ('{"tasks": 5}', "Expected keys with values, but it is a whole number (tasks)."),
        (None, "No such file"),
    ],
)
def test_wrong_data(data, said, gongdan, folder):
    path = folder(p_bpmn=GOOD)
    if data is not None:
        folder(data_txt=data)
    code, _, err = gongdan("trial", path / "p.bpmn", "--data", path / "data.txt")
    assert code == USAGE
    assert said in err


def test_the_process_has_to_be_clear(gongdan):
    code, _, err = gongdan("trial", BPMN, FORMS)
    assert code == USAGE
    assert "complaint_escalation, leased_line_provisioning" in err
    assert gongdan("trial", BPMN, FORMS, "--process", "x")[0] == USAGE


# ---- test and rules -------------------------------------------------------------------------

CASES = """process: p
at: 2026-03-02T09:00:00+08:00
cases:
  - name: right
    steps: [{complete: u, expect: {ended: true}}]
  - name: wrong
    expect:
      tasks: [v]
"""


def test_model_tests_tell_what_failed_and_where(gongdan, folder):
    path = folder(p_bpmn=GOOD, tests__p_yaml=CASES)
    code, out, _ = gongdan("test", path, "--language", "en", "--coverage")
    lines = out.splitlines()
    assert code == REFUSED
    assert lines[0].startswith("ok      ") and lines[0].endswith("p.yaml:4: right")
    assert lines[1].startswith("FAILED  ") and lines[1].endswith("p.yaml:6: wrong")
    assert 'Expected the open tasks to be ["v"], but it is ["u"]' in lines[2]
    assert lines[3] == "p: 3 of 3 elements passed (100 %)"
    assert lines[4].startswith("2 cases, 1 failed")
    code, out, _ = gongdan("test", folder(tests__p_yaml=CASES[: CASES.index("  - name: wrong")]),
                           "--language", "zh")  # fmt: skip
    assert code == OK
    assert out.startswith("通过")


def test_refused_files_fail_every_case(gongdan, folder):
    code, out, _ = gongdan("test", folder(p_bpmn=BAD, tests__p_yaml=CASES), "--language", "en")
    assert code == REFUSED
    assert "refused unreachable" in out
    assert "2 cases, 2 failed" in out
    head = CASES[: CASES.index("cases:")]
    code, out, _ = gongdan("test", folder(tests__p_yaml=head + "cases: []"), "--language", "en")
    assert (code, out.splitlines()[-1].startswith("0 cases, 0 failed")) == (REFUSED, True)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("process: p\nats: 1\n", "p.yaml:2: Expected keys that exist, but `ats` does not"),
        ("process: [", "p.yaml:1: Expected YAML"),
    ],
)
def test_wrong_model_tests(text, said, gongdan, folder):
    code, _, err = gongdan("test", folder(p_bpmn=GOOD, tests__p_yaml=text))
    assert code == USAGE
    assert said in err


def test_no_model_tests(gongdan, tmp_path):
    assert gongdan("test", tmp_path)[0] == USAGE
    assert gongdan("test", tmp_path / "nowhere")[0] == USAGE


def test_the_rules_are_printed(gongdan):
    code, out, _ = gongdan("rules")
    assert code == OK
    assert out == page()

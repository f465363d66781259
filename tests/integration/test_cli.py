"""The command line by its own process: exit codes, one clear line, nothing half done."""

import json
import os
import resource
import shutil
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from engine.store.schema import newest
from tests.architecture.source import ROOT

USAGE, UNAVAILABLE, REFUSED = 2, 3, 1
SECONDS = 60


def gongdan(*arguments, home, stdin="", limit=None, **environment):
    """Run the program with nothing but these settings; keywords are names without prefix."""
    return subprocess.run(
        [sys.executable, "-m", "api.cli", *map(str, arguments)],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "GONGDAN_HOME": str(home),
            **{f"GONGDAN_{name}": value for name, value in environment.items()},
        },
        input=stdin,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
        preexec_fn=limit,
    )


def complaint(done):
    """What went to standard error; it must be lines of the program alone, no traceback."""
    lines = done.stderr.splitlines()
    assert lines
    assert all(line.startswith("gongdan: ") for line in lines), done.stderr
    return lines


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home"


@pytest.fixture(scope="module")
def set_up(tmp_path_factory):
    """A migrated installation with an administrator."""
    home = tmp_path_factory.mktemp("installation") / "home"
    assert gongdan("migrate", home=home).returncode == 0
    done = gongdan("create-admin", "boss", home=home, stdin="a long password\n")
    assert (done.returncode, done.stderr) == (0, "")
    return home


@pytest.fixture
def copy(set_up, tmp_path):
    return shutil.copytree(set_up, tmp_path / "copy")


@pytest.mark.parametrize(
    ("arguments", "environment", "said"),
    [
        (["fly"], {}, "invalid choice: 'fly'"),
        ([], {}, "required: COMMAND"),
        (["serve", "--fast"], {}, "unrecognized arguments: --fast"),
        (["deploy"], {}, "required: path"),
        (["run"], {"PROT": "1"}, "did you mean GONGDAN_PORT?"),
        (["run"], {"PORT": "http"}, "GONGDAN_PORT to be a whole number from 1 to 65535"),
        (["serve"], {"PROCESSES": "0"}, "GONGDAN_PROCESSES to be a whole number from 1 to 64"),
        (["run"], {"DATABASE_URL": "mysql://x/y"}, "but it starts with 'mysql'"),
        (["check-config"], {"LOG_LEVEL": "loud"}, "GONGDAN_LOG_LEVEL"),
        (["run"], {"WEBHOOK_URL": "https://a.example/"}, "GONGDAN_WEBHOOK_SECRET to be set"),
        (["run"], {"SMTP_URL": "smtp://a.example"}, "GONGDAN_MAIL_FROM to be set"),
    ],
)
def test_wrong_arguments_and_settings(arguments, environment, said, home):
    done = gongdan(*arguments, home=home, **environment)
    (line,) = complaint(done)
    assert said in line
    assert done.returncode == USAGE
    assert not home.exists()


@pytest.mark.parametrize("command", ["run", "serve"])
def test_an_occupied_port_is_seen_before_anything_is_done(command, home):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = gongdan(command, home=home, PORT=str(port))
    (line,) = complaint(done)
    assert line == (
        f"gongdan: Expected to listen on 127.0.0.1:{port}, but address already in use."
    )
    assert done.returncode == UNAVAILABLE
    assert not home.exists()


def test_an_address_of_another_machine(home):
    done = gongdan("run", home=home, HOST="203.0.113.9", PORT="8000")
    assert "Expected to listen on 203.0.113.9:8000" in complaint(done)[0]
    assert done.returncode == UNAVAILABLE


@pytest.mark.parametrize("command", ["run", "migrate", "load-demo"])
def test_a_file_in_place_of_the_data_folder(command, home):
    home.write_text("not a folder")
    done = gongdan(command, home=home, PORT=str(free_port()))
    (line,) = complaint(done)
    assert line.startswith(f"gongdan: Expected a writable data folder {home}, but File exists")
    assert done.returncode == UNAVAILABLE


def test_a_folder_nobody_can_write(home):
    done = gongdan("migrate", home="/proc/gongdan")
    (line,) = complaint(done)
    assert line.startswith("gongdan: Expected a writable data folder /proc/gongdan, but ")
    assert done.returncode == UNAVAILABLE


def test_no_room_left(home):
    def little():
        resource.setrlimit(resource.RLIMIT_FSIZE, (1024, 1024))

    done = gongdan("migrate", home=home, limit=little)
    (line,) = complaint(done)
    assert "Expected a writable data folder" in line
    assert done.returncode == UNAVAILABLE
    assert not (home / "gongdan.db").exists()


def test_room_that_ends_while_loading_leaves_nothing(home):
    def some():
        resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))

    done = gongdan("load-demo", home=home, limit=some)
    assert done.returncode == UNAVAILABLE
    assert "Expected the database to accept the command, but " in complaint(done)[-1]
    assert not (home / "gongdan.db").exists()


@pytest.mark.parametrize("command", ["serve", "worker", "rebuild"])
def test_an_empty_database_has_to_be_migrated(command, home):
    home.mkdir()
    done = gongdan(command, home=home, PORT=str(free_port()))
    (line,) = complaint(done)
    assert line == (
        f"gongdan: Expected a database of schema {newest()}, but it is empty: run gongdan migrate."
    )
    assert done.returncode == UNAVAILABLE


@pytest.mark.parametrize("command", ["run", "serve", "migrate", "deploy"])
def test_a_database_newer_than_the_program(command, copy):
    with closing(sqlite3.connect(copy / "gongdan.db")) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    arguments = [command, ROOT / "bpmn"] if command == "deploy" else [command]
    done = gongdan(*arguments, home=copy, PORT=str(free_port()))
    (line,) = complaint(done)
    assert "but it is 9999: it is newer; run the newer program instead" in line
    assert done.returncode == UNAVAILABLE


@pytest.mark.parametrize("command", ["run", "serve", "migrate"])
def test_a_file_that_is_no_database(command, home):
    home.mkdir(exist_ok=True)
    (home / "gongdan.db").write_bytes(b"this is a letter, not a database. " * 300)
    done = gongdan(command, home=home, PORT=str(free_port()))
    (line,) = complaint(done)
    assert "the database file is not one, or is damaged" in line
    assert done.returncode == UNAVAILABLE


@pytest.mark.parametrize("command", ["run", "serve", "worker", "migrate"])
def test_a_postgresql_that_is_away(command, home):
    url = f"postgresql://gongdan:secret@127.0.0.1:{free_port()}/gongdan"
    done = gongdan(command, home=home, DATABASE_URL=url, PORT=str(free_port()))
    (line,) = complaint(done)
    assert line.startswith("gongdan: Expected the database to accept the command, but ")
    assert "secret" not in line
    assert done.returncode == UNAVAILABLE


def test_settings_are_shown_without_secrets(home):
    done = gongdan(
        "check-config",
        home=home,
        WEBHOOK_URL="https://hook.example/",
        WEBHOOK_SECRET="a secret of some length",
        DATABASE_URL="postgresql://gongdan:secret@db.example/gongdan",
    )
    assert done.returncode == 0
    assert "secret of some length" not in done.stdout
    assert "gongdan:secret" not in done.stdout
    assert 'webhook_secret = "set"' in done.stdout
    assert "port = 8000" in done.stdout


def test_an_administrator_is_made_once(copy):
    done = gongdan("create-admin", "other", home=copy, stdin="a long password\n")
    assert complaint(done) == [
        "gongdan: Expected an empty installation, but it has an administrator."
    ]
    assert done.returncode == REFUSED


def test_a_weak_password_makes_no_administrator(home):
    assert gongdan("migrate", home=home).returncode == 0
    done = gongdan("create-admin", "boss", home=home, stdin="short\n")
    assert "Expected a password of at least" in complaint(done)[0]
    assert done.returncode == REFUSED
    assert gongdan("create-admin", "boss", home=home, stdin="long enough\n").returncode == 0


def test_the_demonstration_goes_into_an_empty_installation_only(copy):
    done = gongdan("load-demo", home=copy)
    assert complaint(done) == [
        "gongdan: Expected an empty installation, but it has units and people."
    ]
    assert done.returncode == REFUSED


def test_an_interrupted_installation_is_not_served(copy):
    with closing(sqlite3.connect(copy / "gongdan.db")) as database, database:
        database.execute("DELETE FROM role_grant")
    done = gongdan("run", home=copy, PORT=str(free_port()))
    assert "loading data into it was interrupted" in complaint(done)[0]
    assert done.returncode == REFUSED


def test_what_is_not_there_cannot_be_deployed(copy):
    done = gongdan("deploy", copy / "nowhere", home=copy)
    assert complaint(done)[0].endswith("nowhere, but it does not exist.")
    assert done.returncode == USAGE


def test_processes_are_deployed_and_then_unchanged(copy):
    paths = [ROOT / "bpmn", ROOT / "forms" / "definitions"]
    first = gongdan("deploy", *paths, home=copy)
    assert first.returncode == 0, first.stderr
    assert "complaint_escalation version 1 published" in first.stdout.splitlines()
    second = gongdan("deploy", *paths, home=copy)
    assert "complaint_escalation version 1 unchanged" in second.stdout.splitlines()


def test_a_broken_diagram_is_refused_with_its_findings(copy, tmp_path):
    (tmp_path / "broken.bpmn").write_text("<definitions")
    done = gongdan("deploy", tmp_path / "broken.bpmn", home=copy)
    (line,) = complaint(done)
    assert "Expected files that can be published as drawn" in line
    told = done.stdout.splitlines()
    assert told[0].startswith(f"{tmp_path / 'broken.bpmn'}:1:")
    assert " refused xml-malformed: " in told[0]
    assert told[1].startswith("    → ")
    assert told[-1] == "1 file: 1 refused; cannot be published."
    assert done.returncode == REFUSED


def test_projections_are_compared_and_rebuilt(copy):
    assert gongdan("rebuild", "--check", home=copy).returncode == 0
    with closing(sqlite3.connect(copy / "gongdan.db")) as database, database:
        database.execute("UPDATE person SET name = 'somebody else'")
    done = gongdan("rebuild", "--check", home=copy)
    assert "person" in complaint(done)[0]
    assert done.returncode == REFUSED
    assert gongdan("rebuild", home=copy).returncode == 0
    assert gongdan("rebuild", "--check", home=copy).returncode == 0


def test_the_openapi_document_is_printed(home):
    done = gongdan("openapi", home=home)
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["openapi"] == "3.1.0"
    assert "/api/v1/work-orders" in document["paths"]
    assert not home.exists()


def test_help_and_version(home):
    assert "load-demo" in gongdan("--help", home=home).stdout
    assert gongdan("--version", home=home).stdout.startswith("gongdan ")


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as found:
        return found.getsockname()[1]

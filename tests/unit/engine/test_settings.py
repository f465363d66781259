"""Settings: every wrong, unknown or contradictory variable is named in one line."""

from pathlib import Path

import pytest

from engine.bootstrap import describe
from engine.settings import NAMES, SettingError, read_settings

HOOK = {
    "GONGDAN_WEBHOOK_URL": "https://example.com/hook",
    "GONGDAN_WEBHOOK_SECRET": "0123456789abcdef",
}


def test_nothing_is_needed():
    settings = read_settings({"PATH": "/bin"})
    assert settings.home.is_absolute()
    assert settings.database_url == f"sqlite:///{settings.home}/gongdan.db"
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)


def test_everything_is_read():
    settings = read_settings(
        {
            "GONGDAN_HOME": "~/desk",
            "GONGDAN_DATABASE_URL": "postgresql://u:p@db:5432/desk",
            "GONGDAN_PORT": " 65535 ",
            "GONGDAN_HOST": "::1",
            "GONGDAN_PROCESSES": "64",
            "GONGDAN_THREADS": "1",
            "GONGDAN_TICK_SECONDS": "0.05",
            "GONGDAN_MAX_UPLOAD_MB": "1000",
            "GONGDAN_MAX_BODY_MB": "1",
            "GONGDAN_SESSION_HOURS": "744",
            "GONGDAN_LOG_LEVEL": "debug",
            "GONGDAN_SMTP_URL": "smtp://me:pw@mail:25?starttls=1",
            "GONGDAN_MAIL_FROM": "Desk <desk@example.com>",
            "GONGDAN_DESK_URL": "https://desk.example.com/",
            "GONGDAN_WEBHOOK_EVENTS": "task.opened, order.ended,",
            "GONGDAN_WEBHOOK_NETWORKS": "10.0.0.0/8, fd00::/8",
            **HOOK,
        }
    )
    assert settings.home == Path.home() / "desk"
    assert settings.database_url == "postgresql+psycopg://u:p@db:5432/desk"
    assert settings.webhook_events == {"task.opened", "order.ended"}
    assert settings.webhook_networks == ("10.0.0.0/8", "fd00::/8")
    assert settings.log_level == "DEBUG"
    shown = str(describe(settings))
    assert "0123456789abcdef" not in shown
    assert "pw" not in shown
    assert "u:p@" not in shown


def test_an_empty_variable_is_one_not_set():
    assert read_settings({"GONGDAN_PORT": " "}).port == 8000


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "http"),
        ("PORT", "1.5"),
        ("PROCESSES", "0"),
        ("PROCESSES", "65"),
        ("THREADS", "-1"),
        ("TICK_SECONDS", "0"),
        ("TICK_SECONDS", "61"),
        ("TICK_SECONDS", "nan"),
        ("TICK_SECONDS", "soon"),
        ("MAX_UPLOAD_MB", "0"),
        ("MAX_BODY_MB", "1001"),
        ("SESSION_HOURS", "745"),
        ("LOG_LEVEL", "LOUD"),
        ("DATABASE_URL", "mysql://db/x"),
        ("DATABASE_URL", "sqlite:///relative.db"),
        ("DATABASE_URL", "postgresql://db:port/x"),
        ("SMTP_URL", "http://mail"),
        ("SMTP_URL", "smtp://"),
        ("SMTP_URL", "smtp://[::1"),
        ("SMTP_URL", "smtp://mail:99999"),
        ("MAIL_FROM", "nobody"),
        ("DESK_URL", "desk.example.com"),
        ("WEBHOOK_URL", "ftp://example.com"),
        ("WEBHOOK_EVENTS", "task.opend"),
        ("WEBHOOK_NETWORKS", "10.0.0.1/8"),
        ("WEBHOOK_NETWORKS", "home"),
    ],
)
def test_a_wrong_value_is_named(name, value):
    with pytest.raises(SettingError) as refused:
        read_settings({f"GONGDAN_{name}": value})
    assert refused.value.params["name"] == f"GONGDAN_{name}"
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("name", ["DATABASE_URL", "SMTP_URL"])
def test_a_wrong_url_does_not_tell_its_password(name):
    with pytest.raises(SettingError) as refused:
        read_settings({f"GONGDAN_{name}": "ftp://me:secret@host:1/x"})
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"GONGDAN_WEBHOOK_URL": HOOK["GONGDAN_WEBHOOK_URL"]}, "WEBHOOK_SECRET"),
        ({"GONGDAN_WEBHOOK_SECRET": HOOK["GONGDAN_WEBHOOK_SECRET"]}, "WEBHOOK_URL"),
        ({**HOOK, "GONGDAN_WEBHOOK_SECRET": "short"}, "WEBHOOK_SECRET"),
        ({"GONGDAN_SMTP_URL": "smtp://mail"}, "MAIL_FROM"),
    ],
)
def test_contradictions_are_named(given, named):
    with pytest.raises(SettingError) as refused:
        read_settings(given)
    assert refused.value.params["name"] == f"GONGDAN_{named}"


def test_an_unknown_setting_is_told_with_its_neighbour():
    with pytest.raises(SettingError, match="did you mean GONGDAN_PORT"):
        read_settings({"GONGDAN_PROT": "1"})
    with pytest.raises(SettingError, match="known setting"):
        read_settings({"GONGDAN_ZZZZZZZZ": "1"})
    assert len(set(NAMES)) == len(NAMES)

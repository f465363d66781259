"""A complete installation for tests: real adapters on a real database, a clock that is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import sqlalchemy as sa

import bpmn
from engine.bootstrap import Application, prepare_home
from engine.clock import SystemClock
from engine.domain import commands as c
from engine.domain import seed
from engine.domain.access import SYSTEM
from engine.domain.records import Person
from engine.ports.clocks import Clock
from engine.secrets import Argon2Secrets
from engine.settings import Settings, read_settings
from engine.store import tables as t
from engine.store.schema import migrate
from forms.catalogue import FormJsCatalogue
from forms.definitions import all_forms
from forms.pages.orders.columns import OrderColumns

ZONE = ZoneInfo("Asia/Shanghai")
PASSWORD = "correct horse 7"
#: Hashing passwords slowly is not what these tests are about.
SECRETS = Argon2Secrets(memory_kib=64, rounds=1)

#: Login to name, unit and roles.
CAST: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "wang.sales": ("王芳", "north", ("sales",)),
    "zhao.agent": ("赵敏", "north", ("agent",)),
    "li.desk": ("李娜", "north", ("key_account_desk",)),
    "chen.desk": ("陈静", "north", ("key_account_desk", "call_back")),
    "sun.network": ("孙磊", "north", ("network", "line")),
    "zhou.build": ("周强", "north", ("construction",)),
    "wu.billing": ("吴丽", "north", ("billing",)),
    "zheng.dept": ("郑伟", "north", ("responsible_dept",)),
    "feng.lead": ("冯刚", "north", ("supervisor",)),
    "he.manager": ("何平", "north", ("manager",)),
    "yang.calls": ("杨柳", "north", ("call_back",)),
    "qian.hq": ("钱进", "hq", ("hq_desk",)),
    "xu.stock": ("徐亮", "hq", ("hq_equipment",)),
    "ma.operator": ("马超", "hq", ("operator",)),
    "lin.owner": ("林涛", "hq", ("process_owner",)),
    "gao.admin": ("高远", "hq", ("admin",)),
    "billing.system": ("计费系统", "hq", ("integration",)),
    "tang.south": ("唐欣", "south", ("key_account_desk", "supervisor")),
}


class ToldClock:
    """Stands still until it is moved."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        """See `engine.ports.clocks.Clock`."""
        return self._now

    def move_to(self, at: datetime) -> None:
        """Let it be another instant."""
        self._now = at.astimezone(UTC)

    def pass_(self, **length: float) -> None:
        """Let time pass."""
        self._now += timedelta(**length)


class ShiftedClock:
    """The system's clock, some time ahead."""

    def __init__(self, ahead: timedelta) -> None:
        self._ahead = ahead
        self._real = SystemClock()

    def now(self) -> datetime:
        """See `engine.ports.clocks.Clock`."""
        return self._real.now() + self._ahead


def settings(home: Path, url: str | None = None, **more: str) -> Settings:
    """Settings as the environment would give them; keywords are names without prefix."""
    environment = {"GONGDAN_HOME": str(home), **({"GONGDAN_DATABASE_URL": url} if url else {})}
    environment |= {f"GONGDAN_{name.upper()}": value for name, value in more.items()}
    return read_settings(environment)


def application(given: Settings, clock: Clock | None = None) -> Application:
    """The product as `engine.bootstrap` wires it, with quick password hashes."""
    clock = clock or SystemClock()
    return Application(
        given,
        forms=FormJsCatalogue(clock, ZONE),
        clock=clock,
        secrets=SECRETS,
        lists=OrderColumns(ZONE),
    )


def installed(given: Settings, clock: Clock | None = None) -> Application:
    """An empty, migrated installation."""
    prepare_home(given)
    new = application(given, clock)
    migrate(new.database)
    new.check()
    return new


def load_setup(app: Application) -> None:
    """Calendars, service levels, escalation rules, hold reasons and three units."""
    run = app.dispatcher.execute
    for calendar in seed.calendars():
        run(c.SaveCalendar(data=msgspec.to_builtins(calendar)), SYSTEM)
    run(
        c.SavePolicies(
            policies=msgspec.to_builtins(seed.sla_policies()),
            rules=msgspec.to_builtins(seed.escalation_rules()),
            reasons=msgspec.to_builtins(seed.hold_reasons()),
        ),
        SYSTEM,
    )
    for code, name, name_en, kind, parent in (
        ("hq", "总部", "Headquarters", "headquarters", None),
        ("north", "北城分公司", "North branch", "branch", "hq"),
        ("south", "南城分公司", "South branch", "branch", "hq"),
    ):
        run(
            c.SaveUnit(
                code=code,
                name=name,
                name_en=name_en,
                kind=kind,
                parent=parent,
                calendar="cn_office",
            ),
            SYSTEM,
        )


def load_people(app: Application, logins: Iterable[str] = CAST) -> None:
    """People of the cast with their roles; all have the same password."""
    for login in logins:
        name, unit, roles = CAST[login]
        app.dispatcher.execute(
            c.SavePerson(login=login, name=name, unit=unit, password=PASSWORD), SYSTEM
        )
        app.dispatcher.execute(
            c.GrantRoles(login=login, grants=tuple((role, unit) for role in roles)), SYSTEM
        )


def load_customer(app: Application, code: str = "K-1001", **more: Any) -> int:
    """A customer of the north branch; class A and key account unless said otherwise."""
    values = {"grade": "A", "unit": "north", "is_key_account": True, "name": f"客户{code}", **more}
    result = app.dispatcher.execute(c.SaveCustomer(code=code, **values), SYSTEM)
    return int(result.id)  # type: ignore[attr-defined]


def deploy(app: Application, files: Mapping[str, bytes] | None = None) -> None:
    """Publish files; the drawn processes with all forms unless given."""
    if files is None:
        forms = {f"{key}.json": content for key, content in all_forms().items()}
        files = {**bpmn.deployment(), **forms}
    app.dispatcher.execute(c.Deploy(files=dict(files)), SYSTEM)


def person(app: Application, login: str) -> Person:
    """The person as the engine knows them, standing in for whom they stand in now."""
    absence = t.absence.c
    with app.dispatcher.view(None) as view:
        found = view.person_by_login(login)
        assert found is not None
        absent = view.connection.execute(
            sa.select(absence.person_id).where(
                absence.substitute_id == found.id,
                absence.starts_at <= view.now,
                absence.ends_at > view.now,
            )
        ).scalars()
        return msgspec.structs.replace(found, stands_for=tuple(sorted(absent)))

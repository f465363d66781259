"""What is done to an installation from the command line: set up, publish, repair."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from api.app import create_app
from api.composition import compose
from api.demonstration import operator
from api.demonstration.loading import beginning, load
from api.demonstration.simulation import SimulatedClock
from api.web import create_web
from engine.bootstrap import Application, prepare_home
from engine.clock import SystemClock
from engine.domain import commands as c
from engine.domain.access import SYSTEM
from engine.errors import ConflictError
from engine.handlers.results import DeploymentResult
from engine.ports.clocks import Clock
from engine.settings import Settings
from engine.store import rebuild as projections
from engine.store.schema import migrate as migrate_schema

Tell = Callable[[str], None]
#: ``unfinished``: there are units, but the set-up stopped before it made an administrator.
Stage = Literal["empty", "unfinished", "complete"]

_ROOT: Final = "hq"
_OPENAPI: Final = "/api/v1/openapi.json"


class InstallationNotEmptyError(ConflictError):
    """There is something in it already."""

    code = "installation_not_empty"
    template = "Expected an empty installation, but it has {fact}."


class InstallationUnfinishedError(ConflictError):
    """Loading was interrupted."""

    code = "installation_unfinished"
    template = (
        "Expected a complete installation, but loading data into it was interrupted: "
        "give it a new, empty database."
    )


@contextlib.contextmanager
def opened(settings: Settings, clock: Clock | None = None) -> Iterator[Application]:
    """The product, closed afterwards."""
    application = compose(settings, clock)
    try:
        yield application
    finally:
        application.close()


def check(settings: Settings) -> None:
    """Refuse a data folder or database the server could not work with, and try to build it.

    Raises:
        HomeError, SchemaError, StoreUnavailableError: As they say.
    """
    prepare_home(settings)
    with opened(settings) as application:
        application.check()
        create_web(application)


def migrate(settings: Settings) -> None:
    """Bring the database to the schema of this program.

    Raises:
        HomeError, SchemaError, StoreUnavailableError: As they say.
    """
    prepare_home(settings)
    with opened(settings) as application:
        migrate_schema(application.database)


def stage(application: Application) -> Stage:
    """How far the installation was set up."""
    with application.dispatcher.view(SYSTEM) as view:
        if not view.setup.units:
            return "empty"
        return "complete" if view.holders("admin", view.setup.root.id) else "unfinished"


def is_demonstration(application: Application) -> bool:
    """Whether the people of the demonstration are there."""
    with application.dispatcher.view(SYSTEM) as view:
        return view.person_by_login(operator.TYPICAL[0]) is not None


# ---- demonstration --------------------------------------------------------------------------


def prepare(settings: Settings, tell: Tell) -> bool:
    """Make an installation ready to serve; an empty one gets the demonstration.

    Returns:
        Whether it holds the demonstration.

    Raises:
        InstallationUnfinishedError: Loading into a database that existed was interrupted.
        EngineError: Of the folder or the database.
    """
    prepare_home(settings)
    file = _file(settings)
    if file is not None and not file.exists():
        _load_aside(settings, file, tell)
        return True
    with opened(settings) as application:
        migrate_schema(application.database)
        present = stage(application)
        if present == "complete":
            return is_demonstration(application)
        if present == "unfinished":
            raise InstallationUnfinishedError
    _load(settings, tell)
    return True


def load_demonstration(settings: Settings, tell: Tell) -> None:
    """Load the demonstration into an empty installation.

    Raises:
        InstallationNotEmptyError: It is not empty.
        EngineError: Of the folder or the database.
    """
    prepare_home(settings)
    file = _file(settings)
    if file is not None and file.exists():
        with opened(settings) as application:
            migrate_schema(application.database)
            if stage(application) != "empty":
                raise InstallationNotEmptyError(fact="units and people")
    prepare(settings, tell)


def _load(settings: Settings, tell: Tell) -> None:
    until = SystemClock().now()
    clock = SimulatedClock(beginning(until))
    with opened(settings, clock) as application:
        migrate_schema(application.database)
        load(application, clock, until, tell)


def _load_aside(settings: Settings, file: Path, tell: Tell) -> None:
    """Load into a file beside, so that an interruption leaves nothing half done."""
    aside = file.with_name(f"{file.name}.loading")
    _remove(aside)
    _load(msgspec.structs.replace(settings, database_url=f"sqlite:///{aside}"), tell)
    shutil.move(aside, file)
    _remove(aside)


def _remove(file: Path) -> None:
    for suffix in ("", "-wal", "-shm", ".lock"):
        file.with_name(file.name + suffix).unlink(missing_ok=True)


def _file(settings: Settings) -> Path | None:
    """The file of an SQLite database."""
    scheme, _, path = settings.database_url.partition(":///")
    return Path(path) if scheme == "sqlite" else None


# ---- real installations ---------------------------------------------------------------------


def create_administrator(settings: Settings, login: str, password: str) -> None:
    """Set an empty installation up: calendars, tables, headquarters, administrator.

    Raises:
        InstallationNotEmptyError: It has an administrator.
        EngineError: Of the password, or of the database.
    """
    with opened(settings) as application:
        application.check()
        if stage(application) == "complete":
            raise InstallationNotEmptyError(fact="an administrator")
        wanted: list[c.Command] = [
            *operator.set_up(),
            c.SaveUnit(
                code=_ROOT,
                name="总部",
                name_en="Headquarters",
                kind="headquarters",
                calendar="cn_office",
            ),
            c.SavePerson(login=login, name=login, unit=_ROOT, password=password),
            c.GrantRoles(login=login, grants=(("admin", _ROOT), ("process_owner", _ROOT))),
        ]
        for command in wanted:
            application.dispatcher.execute(command, SYSTEM)


def deploy(settings: Settings, files: Mapping[str, bytes]) -> DeploymentResult:
    """Publish the diagrams, decisions and forms of these files, all together.

    Raises:
        DeploymentRefusedError: Of the content.
    """
    with opened(settings) as application:
        application.check()
        result = application.dispatcher.execute(c.Deploy(files=dict(files)), SYSTEM)
    if not isinstance(result, DeploymentResult):
        raise TypeError(result)
    return result


def differences(settings: Settings) -> list[str]:
    """Where the projections differ from the history."""
    with opened(settings) as application:
        application.check()
        return projections.check(application.database)


def rebuild(settings: Settings) -> None:
    """Make all projections anew from the history."""
    with opened(settings) as application:
        application.check()
        projections.rebuild(application.database)


def openapi(settings: Settings) -> str:
    """The OpenAPI document as JSON."""
    with opened(settings) as application:
        answer: Any = create_app(application).test_client().get(_OPENAPI)
        return str(answer.get_data(as_text=True))

"""Pictures of the main pages for the documentation: ``python -m tests.screens``.

They show the demonstration on one Friday, so that only changes of the desk change them.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

from api.demonstration import operator
from tests.support import scenes
from tests.support.browser import PHONE, WIDE, Size, Windows, started
from tests.support.showroom import Showroom

FOLDER: Final = Path(__file__).parents[1] / "docs" / "screens"
_LANGUAGES: Final = ("zh", "en")
#: Picture to scene, size and look.
PICTURES: Final[dict[str, tuple[str, Size, str]]] = {
    "inbox": ("inbox-team", WIDE, "light"),
    "task": ("task", WIDE, "light"),
    "task-dark": ("task", WIDE, "dark"),
    "task-refused": ("task-refused", WIDE, "light"),
    "order": ("order-progress", WIDE, "light"),
    "order-timeline": ("order-timeline", WIDE, "light"),
    "escalations": ("escalations", WIDE, "light"),
    "wallboard": ("wallboard", WIDE, "dark"),
    "start": ("start-form", WIDE, "light"),
    "phone-inbox": ("inbox-team", PHONE, "light"),
    "phone-task": ("task", PHONE, "light"),
}


def main() -> None:
    """Take all pictures in both languages."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    by_name = {scene.name: scene for scene in scenes.SCENES}
    with (
        tempfile.TemporaryDirectory() as home,
        Showroom(Path(home)) as room,
        started() as browser,
    ):
        windows = Windows(browser, room, operator.PASSWORD)
        for name, (scene, size, look) in PICTURES.items():
            for language in _LANGUAGES:
                page = windows(by_name[scene].who, size=size, language=language, look=look)
                by_name[scene].show(page)
                # The numbers of the navigation come after the page.
                page.wait_for_load_state("networkidle")
                # With the caret hidden the driver would add a style of its own.
                page.screenshot(path=FOLDER / f"{name}.{language}.png", caret="initial")
                page.close()
        windows.close()


if __name__ == "__main__":
    main()

"""What the server makes before it forks its web processes must not be torn in two by that."""

import threading
from pathlib import Path

from api.composition import compose
from api.web import create_web
from tests.support.installation import installed, settings


def opened():
    return {each.name for each in Path("/proc/self/fd").iterdir()}


def test_the_product_opens_nothing_before_it_is_asked(tmp_path, database_url):
    given = settings(tmp_path, database_url)
    installed(given).close()
    files, threads = opened(), threading.active_count()
    web = create_web(compose(given))
    assert opened() == files
    assert threading.active_count() == threads and web

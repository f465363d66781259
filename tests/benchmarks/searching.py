"""Search over very many orders, tasks and customers: server time by text and reader."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, Final

import sqlalchemy as sa

from engine.domain import fragments, fulltext
from engine.domain.records import Person
from engine.queries.inbox import listed
from engine.queries.order_list import OrderFilters, Sort, list_orders
from engine.queries.records import list_customers
from engine.queries.tabs import Tab
from engine.queries.task_filters import Filters
from engine.store import tables as t
from engine.store.database import Database
from tests.benchmarks.crowd import PER_ORDER, Crowd
from tests.benchmarks.desk import START, Desk
from tests.benchmarks.figures import Figure
from tests.support.postgres import joined

_PAGE, _REPEATS, _MOST_MS, _MOST_INBOX_MS = 50, 5, 30, 50
_BATCH = 5_000
_PLACES = "东城 西城 南山 北湖 高新 滨江 开发区 临港 老城 新区".split()
_TRADES = "银行 医院 学校 物流 制造 证券 酒店 超市 法院 电视台".split()
_TROUBLES = "光缆中断 时延偏高 丢包严重 费用争议 开通延误 端口故障 地址冲突 设备告警".split()

_Asked = Mapping[str, tuple[Sort, OrderFilters]]

#: What somebody types, and why it is interesting.
TEXTS: Final = {
    "a word of every order": "专线",
    "a phrase of every order": "专线开通",
    "one character of every order": "专",
    "two common words": "银行 东城",
    "two words that never meet": "银行 证券公司",
    "the beginning of every number": "GD00",
    "one number": "GD00050000",
    "a rare word": "稀有词汇",
    "nothing": "不存在的东西",
}
#: Texts looked for in task lists; a step of the process by name is the last.
TASKS: Final = ("专线", "银行", "GD00050000", "稀有词汇", "不存在的东西", "合同")
#: Parts of names of customers.
NAMES: Final = (
    "银行", "有限公司", "司", "globex", "data", "e", "1", "12", "000123", "C-09", "-", "%",
    "东城 银行 集团", "不存在",
)  # fmt: skip
LISTS: Final[_Asked] = {
    "newest": ("newest", OrderFilters()),
    "by deadline": ("due", OrderFilters()),
    "on hold": ("newest", OrderFilters(is_held=True)),
    "of a process nobody has": ("newest", OrderFilters(process="line_lease")),
    "overdue and open": ("due", OrderFilters(is_overdue=True, is_open=True)),
}


def figures(*, size: int = 100_000) -> list[Figure]:
    """Both databases, each with readers of one branch and of all."""
    with Desk() as desk:
        found = list(_figures(desk, "SQLite", size))
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        joined(Path(folder)) as server,
        Desk(server.url(server.create())) as desk,
    ):
        return found + list(_figures(desk, "PostgreSQL", size))


def _figures(desk: Desk, name: str, size: int) -> Iterator[Figure]:
    crowd = Crowd(desk, size * PER_ORDER)
    before = _bytes(desk.application.database)
    _speak(desk.application.database)
    grown = _bytes(desk.application.database) - before
    stranger = desk.person("tang.south")
    for reader, person in (
        ("one branch", crowd.lead),
        ("all", crowd.chief),
        ("a branch without orders", stranger),
    ):
        asked: _Asked = {what: ("newest", OrderFilters(text=text)) for what, text in TEXTS.items()}
        for kind, wanted in (("search", asked), ("order list", LISTS)):
            times = {
                what: _ms(desk, partial(_list, desk, person, *how)) for what, how in wanted.items()
            }
            yield _figure(f"{kind} over {size:,} orders, {name}, reader of {reader}", times)
    yield from _of_tasks(desk, crowd, name, size * PER_ORDER)
    _settle(desk.application.database, size)
    for reader, person in (("one branch", crowd.lead), ("all", crowd.chief)):
        times = {text: _ms(desk, partial(_customers, desk, person, text)) for text in NAMES}
        yield _figure(f"search over {size:,} customers, {name}, reader of {reader}", times)
    yield Figure(name=f"bytes of search per order, {name}", value=grown / size, unit="B")


def _of_tasks(desk: Desk, crowd: Crowd, name: str, size: int) -> Iterator[Figure]:
    tabs: tuple[Tab, ...] = ("mine", "group", "team", "escalated")
    for width, person in (("one queue", crowd.clerk), ("all queues", crowd.chief)):
        times = {
            f"{text} in {tab}": _ms(desk, partial(_tasks, desk, person, tab, text))
            for text in TASKS
            for tab in tabs
        }
        told = f"text in an inbox over {size:,} tasks, {name}, {width}"
        yield _figure(told, times, most=_MOST_INBOX_MS)


def _figure(name: str, times: dict[str, float], *, most: float = _MOST_MS) -> Figure:
    worst = max(times, key=lambda what: times[what])
    told = f"median of {len(times)}; slowest {worst}: {times[worst]:.1f} ms"
    return Figure.at_most(name, median(times.values()), "ms", most, ratio=told)


def _list(desk: Desk, person: Person, sort: Sort, filters: OrderFilters) -> None:
    with desk.application.dispatcher.view(person) as view:
        list_orders(view, filters=filters, sort=sort, limit=_PAGE)


def _tasks(desk: Desk, person: Person, tab: Tab, text: str) -> None:
    with desk.application.dispatcher.view(person) as view:
        listed(view, tab, filters=Filters(text=text), limit=_PAGE)


def _customers(desk: Desk, person: Person, text: str) -> None:
    with desk.application.dispatcher.view(person) as view:
        list_customers(view, text=text, limit=_PAGE)


def _ms(desk: Desk, act: Callable[[], None]) -> float:
    """Median of CPU time (SQLite), or of the time until the answer is there; one warms up."""
    act()
    spent = []
    clock = time.process_time if desk.application.database.is_sqlite else time.perf_counter
    for _ in range(_REPEATS):
        begun = clock()
        act()
        spent.append((clock() - begun) * 1e3)
    return median(spent)


def _speak(database: Database) -> None:
    """Give every order words as orders have them, and lives of different length."""
    chance = random.Random(2)
    order = t.work_order.c
    with database.read() as connection:
        orders = connection.execute(sa.select(order.id, order.number, order.unit_path)).all()
    # Not in the transaction: PostgreSQL ends those that do nothing for long.
    rows = [_words(row, place, chance) for place, row in enumerate(orders)]
    with database.write() as connection:
        connection.execute(sa.delete(t.order_text))
        for start in range(0, len(rows), _BATCH):
            connection.execute(sa.insert(t.order_text), rows[start : start + _BATCH])
        connection.execute(
            sa.update(t.work_order)
            .where(order.id % 10 != 0)
            .values(status="ended", state="completed", ended_at=START)
        )
        connection.execute(
            sa.update(t.work_order).values(
                started_at=sa.type_coerce(
                    _milliseconds(START - timedelta(days=900)) + order.id * 60_000,
                    t.work_order.c.started_at.type,
                ),
            )
        )
    _analyse(database)


def _words(row: Any, place: int, chance: random.Random) -> dict[str, Any]:
    rare = "稀有词汇" if place % 20_000 == 7 else ""
    text = (
        f"{row.number} {row.number[-6:]} 专线开通 {chance.choice(_PLACES)}支行 "
        f"{chance.choice(_TRADES)}第{place % 997}分部 {chance.choice(_TROUBLES)} {rare} "
        f"联系人 {chance.randrange(10**11)} 合同 HT-2026-{place:06d} {chance.choice('1248')}00M"
    )
    units = [fulltext.unit_mark(int(unit)) for unit in row.unit_path.split("/") if unit]
    return {"order_id": row.id, "words": " ".join([*fulltext.words(text), *units])}


def _settle(database: Database, size: int) -> None:
    """Customers with names as they have them, spread over the branches."""
    chance = random.Random(5)
    customer = t.customer.c
    with database.read() as connection:
        like = dict(connection.execute(sa.select(t.customer).limit(1)).mappings().one())
        last = connection.execute(sa.select(sa.func.max(customer.id))).scalar_one()
        branch = sa.select(t.unit.c.id).where(t.unit.c.code.startswith("b"))
        units = list(connection.execute(branch).scalars())
    rows = [
        {
            **like,
            "id": last + 1 + place,
            "code": f"C-{place:06d}",
            "name": _name(place, chance),
            "unit_id": units[place % len(units)],
        }
        for place in range(size)
    ]
    words = [{"customer_id": row["id"], **fragments.customer_words(row)} for row in rows]
    with database.write() as connection:
        for start in range(0, size, _BATCH):
            connection.execute(sa.insert(t.customer), rows[start : start + _BATCH])
            connection.execute(sa.insert(t.customer_text), words[start : start + _BATCH])
    _analyse(database)


def _name(place: int, chance: random.Random) -> str:
    own = "".join(chr(0x4E00 + chance.randrange(4_000)) for _ in range(2))
    form = chance.choice("有限公司 股份有限公司 集团 分公司".split())
    latin = f" {chance.choice('Tech Net Data Cloud'.split())}{chance.randrange(1000)}"
    rare = " Globex Networks" if place % 20_000 == 7 else ""
    name = f"{chance.choice(_PLACES)}{own}{chance.choice(_TRADES)}{form}{rare}"
    return name + (latin if place % 3 == 0 else "")


def _milliseconds(at: Any) -> int:
    return int(at.timestamp() * 1000)


def _analyse(database: Database) -> None:
    with database.schema_engine.connect() as connection:
        plain = connection.execution_options(isolation_level="AUTOCOMMIT")
        plain.exec_driver_sql("ANALYZE" if database.is_sqlite else "VACUUM ANALYZE")


def _bytes(database: Database) -> int:
    size = (
        "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
        if database.is_sqlite
        else "SELECT pg_database_size(current_database())"
    )
    with database.read() as connection:
        return int(connection.execute(sa.text(size)).scalar_one())

"""Full-text search and order lists over very many orders: server time by text and reader."""

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

from engine.domain import fulltext
from engine.domain.records import Person
from engine.queries.order_list import OrderFilters, Sort, list_orders
from engine.store import tables as t
from engine.store.database import Database
from tests.benchmarks.crowd import PER_ORDER, Crowd
from tests.benchmarks.desk import START, Desk
from tests.benchmarks.figures import Figure
from tests.support.postgres import joined

_PAGE, _REPEATS, _MOST_MS = 50, 5, 30
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
            times = {what: _ms(partial(_list, desk, person, *how)) for what, how in wanted.items()}
            yield _figure(f"{kind} over {size:,} orders, {name}, reader of {reader}", times)
    yield Figure(name=f"bytes of search per order, {name}", value=grown / size, unit="B")


def _figure(name: str, times: dict[str, float]) -> Figure:
    worst = max(times, key=lambda what: times[what])
    told = f"median of {len(times)}; slowest {worst}: {times[worst]:.1f} ms"
    return Figure.at_most(name, median(times.values()), "ms", _MOST_MS, ratio=told)


def _list(desk: Desk, person: Person, sort: Sort, filters: OrderFilters) -> None:
    with desk.application.dispatcher.view(person) as view:
        list_orders(view, filters=filters, sort=sort, limit=_PAGE)


def _ms(act: Callable[[], None]) -> float:
    """Median time until the answer is there, after one to warm up."""
    act()
    spent = []
    for _ in range(_REPEATS):
        begun = time.perf_counter()
        act()
        spent.append((time.perf_counter() - begun) * 1e3)
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

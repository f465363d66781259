"""Writes lists into files: in batches, with the rights of who asked, on one node at a time.

A node that dies leaves its export to the others, which begin anew after a while; a node that is
told to stop leaves it at once. The only place that imports XlsxWriter.
"""

from __future__ import annotations

import csv
import errno
import logging
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any, Final, Protocol

import xlsxwriter

from engine.dispatch import Dispatcher
from engine.domain.commands import FailExport, FinishExport
from engine.domain.records import Person
from engine.errors import EngineError
from engine.files import Files
from engine.handlers.exports import ExportNotFoundError
from engine.queries.order_list import OrderItem, count_orders, list_orders
from engine.queries.order_query import OrderQuery
from engine.store.exports import Export, Exports
from engine.store.view import View

_log = logging.getLogger(__name__)

#: Longer lists end here.
MOST_ROWS: Final = 100_000
_BATCH: Final = 200
_MOST_BYTES: Final = 2**30
#: First characters that make a spreadsheet compute a cell. Source: OWASP, CSV injection.
_COMPUTED: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_DATE_FORMAT: Final = "yyyy-mm-dd hh:mm"
_LONGEST_CELL: Final = 32_000

#: Wall times are without a zone.
Cell = str | int | datetime | None
Write = Callable[[Sequence[Cell]], None]


class ListWords(Protocol):
    """What a list of orders says in a file, in somebody's language.

    Attributes:
        zone: Zone of wall times and of days in queries.
    """

    @property
    def zone(self) -> tzinfo:
        """Zone of wall times and of days in queries."""
        ...

    def heads(self, view: View, query: OrderQuery, language: str) -> list[str]:
        """Headings of the columns."""
        ...

    def rows(
        self, view: View, query: OrderQuery, items: Sequence[OrderItem], language: str
    ) -> list[list[Cell]]:
        """Rows of orders."""
        ...


class StoppedError(Exception):
    """The file is not wanted any more, or this node stops."""


class Exporter:
    """Writes one export after the other; safe to be used by several nodes."""

    def __init__(
        self, *, dispatcher: Dispatcher, exports: Exports, files: Files, words: ListWords
    ) -> None:
        self._dispatcher = dispatcher
        self._exports = exports
        self._files = files
        self._words = words

    def write_next(self, node: str, is_stopping: Callable[[], bool]) -> bool:
        """Take the oldest export nobody writes and write it; whether there was one.

        Args:
            node: Who takes it.
            is_stopping: Asked between batches; the export is left to others if it says so.
        """
        export = self._exports.claim(node, self._now())
        if export is None:
            return False
        try:
            self._write(export, node, is_stopping)
        except StoppedError:
            self._exports.put_back(export, node)
        except Exception as error:  # noqa: BLE001 - whatever it is, who asked must know
            _log.exception("export %s cannot be written", export.id)
            self._fail(export, node, _reason(error))
        return True

    def forget_old(self) -> int:
        """Throw old exports away with their files; number of files."""
        names = self._exports.forget_old(self._now())
        for name in names:
            self._files.remove(name)
        return len(names)

    def _write(self, export: Export, node: str, is_stopping: Callable[[], bool]) -> None:
        with tempfile.TemporaryDirectory(prefix="gongdan-export-") as folder:
            path = Path(folder) / f"list.{export.format}"
            done = 0
            with _file(path, export.format) as write:
                for rows, total in self._batches(export):
                    for row in rows:
                        write(row)
                    # The first batch is the line of headings alone.
                    done += len(rows) if total is not None else 0
                    known = max(done, total or 0)
                    if is_stopping() or not self._exports.report(
                        export, node, self._now(), done=done, total=known
                    ):
                        raise StoppedError
            with self._dispatcher.view(None) as nobody:
                person = _asker(nobody, export.person_id)
            with path.open("rb") as content:
                stored = self._files.save(content, _MOST_BYTES)
        handed_over = FinishExport(export_id=export.id, node=node, sha256=stored.sha256, rows=done)
        try:
            self._dispatcher.execute(handed_over, person)
        except ExportNotFoundError:
            # Called off, or another node's by now.
            if not self._exports.is_kept(stored.sha256):
                self._files.remove(stored.sha256)

    def _fail(self, export: Export, node: str, reason: str) -> None:
        try:
            with self._dispatcher.view(None) as nobody:
                person = _asker(nobody, export.person_id)
            given_up = FailExport(export_id=export.id, node=node, reason=reason)
            self._dispatcher.execute(given_up, person)
        except PermissionError:
            # Nobody is there to be told.
            self._exports.fail(export, node, self._now(), reason)
        except ExportNotFoundError:
            # Called off, or another node's by now.
            return

    def _batches(self, export: Export) -> Iterator[tuple[list[list[Cell]], int | None]]:
        """The headings, then rows with how many there will be; each batch of one moment."""
        total: int | None = None
        cursor: str | None = None
        left = MOST_ROWS
        while left > 0:
            with self._dispatcher.view(None) as nobody:
                person = _asker(nobody, export.person_id)
            with self._dispatcher.view(person) as view:
                query = OrderQuery.read(export.query, view.setup)
                filters = query.filters(self._words.zone)
                if total is None:
                    yield [[*self._words.heads(view, query, person.language)]], None
                    total = count_orders(view, filters, most=MOST_ROWS)
                page = list_orders(
                    view,
                    filters=filters,
                    sort=query.sort,
                    cursor=cursor,
                    limit=min(_BATCH, left),
                )
                rows = self._words.rows(view, query, page.items, person.language)
            yield rows, total
            cursor, left = page.next_cursor, left - len(rows)
            if cursor is None:
                return

    def _now(self) -> datetime:
        return self._dispatcher.clock.now()


def _reason(error: Exception) -> str:
    """Code of why a list cannot be written, for `forms.pages.exports`; the log has the rest."""
    if isinstance(error, EngineError):
        return error.code
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "no_space"
    return "unforeseen"


def _asker(view: View, person_id: int) -> Person:
    """Who asked, with the roles they have now.

    Raises:
        PermissionError: They may not work here any more.
    """
    person = view.person(person_id)
    if person is None or not person.is_active:
        raise PermissionError(person_id)
    return person


def _file(path: Path, file_format: str) -> AbstractContextManager[Write]:
    return _xlsx(path) if file_format == "xlsx" else _csv(path)


@contextmanager
def _csv(path: Path) -> Iterator[Write]:
    """A file spreadsheets open rightly: with a byte order mark, and text that stays text."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)

        def write(row: Sequence[Cell]) -> None:
            writer.writerow([_plain(cell) for cell in row])

        yield write


def _plain(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M")
    if isinstance(cell, int):
        return str(cell)
    return f"'{cell}" if cell.startswith(_COMPUTED) else cell


@contextmanager
def _xlsx(path: Path) -> Iterator[Write]:
    """A sheet with a fixed line of headings; kept on disk while it grows."""
    options: dict[str, Any] = {
        "constant_memory": True,
        "tmpdir": str(path.parent),
        "default_date_format": _DATE_FORMAT,
    }
    with xlsxwriter.Workbook(str(path), options) as book:
        sheet = book.add_worksheet()
        heading = book.add_format({"bold": True})
        dates = book.add_format({"num_format": _DATE_FORMAT})
        sheet.freeze_panes(1, 0)
        number = 0

        def write(row: Sequence[Cell]) -> None:
            nonlocal number
            for column, cell in enumerate(row):
                if isinstance(cell, datetime):
                    sheet.write_datetime(number, column, cell, dates)
                elif isinstance(cell, int):
                    sheet.write_number(number, column, cell)
                elif cell:
                    # As text, whatever it begins with.
                    style = heading if number == 0 else None
                    sheet.write_string(number, column, cell[:_LONGEST_CELL], style)
            if number == 0:
                sheet.set_column(0, max(len(row) - 1, 0), 18)
            number += 1

        yield write

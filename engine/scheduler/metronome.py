"""Ticks: due timers, outbox, housekeeping, heartbeat. Timers themselves are rows, not jobs.

APScheduler's own job store must not hold them: it loses timers on a kill and after downtime. It
also stops ticking when the wall clock goes back, which the guard here cures.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler

from engine.dispatch import Dispatcher
from engine.domain.commands import FireDue
from engine.errors import EngineError
from engine.exporting import Exporter
from engine.files import Files
from engine.handlers.due import StepFailedError
from engine.handlers.results import CountResult
from engine.relay import Relay
from engine.store.database import StoreUnavailableError, TransientError
from engine.store.digests import Digests
from engine.store.failures import note_failure
from engine.store.health import beat
from engine.store.housekeeping import sweep, sweep_uploads

_log = logging.getLogger(__name__)
# A tick that comes while the last one still runs is skipped: that is meant, not a warning.
logging.getLogger("apscheduler").setLevel(logging.ERROR)

_BATCH, _PARCELS = 20, 50
_BEAT_SECONDS, _SWEEP_SECONDS, _RELAY_SECONDS, _GUARD_SECONDS = 5, 300, 1.0, 0.5
_DIGEST_SECONDS, _EXPORT_SECONDS = 30, 2
#: As many as there are jobs: a long export keeps none of the others waiting.
_THREADS = 6
#: The wall clock may drift from the monotonic one by so much before the guard acts.
_JUMP_SECONDS = 0.3


class Metronome:
    """One node's background work. `tick` methods are public so that tests need no threads."""

    def __init__(
        self,
        dispatcher: Dispatcher,
        relay: Relay,
        *,
        tick_seconds: float,
        files: Files,
        digests: Digests | None = None,
        exporter: Exporter | None = None,
    ) -> None:
        """Prepare it; nothing ticks yet.

        Args:
            dispatcher: Runs what is due.
            relay: Delivers the outbox.
            tick_seconds: Pause between looks for due timers.
            files: Attached files; those no order was opened with are swept out.
            digests: Makes daily mails; None where no mail is sent.
            exporter: Writes lists into files; None where nobody can ask for them.
        """
        self._dispatcher = dispatcher
        self._relay = relay
        self._files = files
        self._digests = digests
        self._exporter = exporter
        self._tick_seconds = tick_seconds
        self.node = f"{socket.gethostname()}:{os.getpid()}"
        self._stopping = threading.Event()
        self._offset = time.time() - time.monotonic()  # noqa: TID251 - guards the metronome only
        self._scheduler = BackgroundScheduler(
            jobstores={"default": MemoryJobStore()},
            executors={"default": ThreadPoolExecutor(_THREADS)},
            timezone=UTC,
            job_defaults={"max_instances": 1, "coalesce": True, "misfire_grace_time": None},
        )

    def start(self) -> None:
        """Start ticking in background threads."""
        jobs: tuple[tuple[Callable[[], object], float], ...] = (
            (self.fire_due, self._tick_seconds),
            (self.relay, _RELAY_SECONDS),
            (self.beat, _BEAT_SECONDS),
            (self.sweep, _SWEEP_SECONDS),
            (self.digest, _DIGEST_SECONDS),
            (self.export, _EXPORT_SECONDS),
        )
        now = datetime.now(UTC)  # noqa: TID251 - APScheduler's first run, not business time
        for job, seconds in jobs:
            self._scheduler.add_job(
                _caught(job), "interval", seconds=seconds, id=job.__name__, next_run_time=now
            )
        self._scheduler.start()
        threading.Thread(target=self._guard, name="clock-guard", daemon=True).start()

    def stop(self) -> None:
        """Let running ticks finish and start no more."""
        self._stopping.set()
        self._scheduler.shutdown(wait=True)

    def fire_due(self) -> int:
        """Fire all that is due, in small batches; number of orders stepped."""
        done = 0
        deadline = time.monotonic() + max(self._tick_seconds, 1.0) * 5
        while not self._stopping.is_set() and time.monotonic() < deadline:
            count = self._batch(_BATCH)
            done += count
            if count < _BATCH:
                break
        if done:
            _log.debug("%d orders were due and stepped", done)
        return done

    def _batch(self, limit: int) -> int:
        try:
            return self._stepped(limit)
        except StepFailedError as failed:
            self._set_aside(failed.order_id, failed.__cause__ or failed)
        except StoreUnavailableError:
            raise
        except Exception:  # noqa: BLE001 - logged; the order to blame is found next
            _log.exception("a batch could not be written; its orders are stepped one by one")
            return self._one_by_one(limit)
        return limit

    def _stepped(self, limit: int) -> int:
        result = self._dispatcher.execute(FireDue(limit=limit), None)
        return result.count if isinstance(result, CountResult) else 0

    def _one_by_one(self, limit: int) -> int:
        """Find the order to blame when what a whole batch did could not be written."""
        for done in range(limit):
            with self._dispatcher.view(None) as view:
                following = view.due_orders(view.now, 1)
            if not following:
                return done
            try:
                self._stepped(1)
            except StepFailedError as failed:
                self._set_aside(failed.order_id, failed.__cause__ or failed)
            except StoreUnavailableError:
                raise
            except Exception as error:  # noqa: BLE001 - whatever it is, the others must go on
                self._set_aside(following[0].id, error)
        return limit

    def _set_aside(self, order_id: int, error: BaseException) -> None:
        _log.error("order %s could not be stepped", order_id, exc_info=error)
        note_failure(
            self._dispatcher.database,
            order_id,
            f"{type(error).__name__}: {error}",
            self._dispatcher.clock.now(),
        )

    def relay(self) -> int:
        """Deliver due messages until there are none; number of messages taken."""
        done = 0
        deadline = time.monotonic() + _RELAY_SECONDS * 5
        while not self._stopping.is_set() and time.monotonic() < deadline:
            count = self._relay.tick(_PARCELS)
            done += count
            if count < _PARCELS:
                break
        return done

    def digest(self) -> int:
        """Make the daily mails that are due; number of them."""
        return 0 if self._digests is None else self._digests.tick()

    def beat(self) -> None:
        """Show that this node lives."""
        beat(self._dispatcher.database, self.node, self._dispatcher.clock.now())

    def sweep(self) -> int:
        """Drop old working papers, files no order was opened with, those of old exports."""
        database, now = self._dispatcher.database, self._dispatcher.clock.now()
        dropped = sweep(database, now) + sweep_uploads(database, self._files, now)
        return dropped + (self._exporter.forget_old() if self._exporter is not None else 0)

    def export(self) -> int:
        """Write lists somebody asked for into files until there are none; number of them."""
        if self._exporter is None:
            return 0
        done = 0
        while not self._stopping.is_set() and self._exporter.write_next(
            self.node, self._stopping.is_set
        ):
            done += 1
        return done

    def _guard(self) -> None:
        """After a jump of the wall clock, run every job now: its planned time is meaningless."""
        while not self._stopping.wait(_GUARD_SECONDS):
            offset = time.time() - time.monotonic()  # noqa: TID251 - see above
            if abs(offset - self._offset) > _JUMP_SECONDS:
                _log.warning("the wall clock moved by %.1f s", offset - self._offset)
                soon = datetime.now(UTC) + timedelta(milliseconds=1)  # noqa: TID251
                for job in self._scheduler.get_jobs():
                    job.modify(next_run_time=soon)
            self._offset = offset


def _caught(job: Callable[[], object]) -> Callable[[], None]:
    """A tick that fails is logged; the next one comes all the same."""

    def run() -> None:
        try:
            job()
        except (EngineError, TransientError) as exc:
            _log.warning("%s: %s", job.__name__, exc)
        except Exception:  # noqa: BLE001 - logged; the next tick may fare better
            _log.exception("%s failed", job.__name__)

    return run

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from engine.notify.backoff import Backoff, next_attempt, pause_after

NOW = datetime(2026, 11, 2, tzinfo=UTC)
RULE = Backoff(first=timedelta(seconds=10), factor=3, cap=timedelta(minutes=2), attempts=5)


def test_pauses_grow_up_to_the_cap():
    seconds = [pause_after(RULE, failures).total_seconds() for failures in range(1, 6)]
    assert seconds == [10, 30, 90, 120, 120]


def test_jitter_spreads_over_the_second_half_of_the_pause():
    first, last = (
        next_attempt(RULE, failures=2, failed_at=NOW, retry=True, jitter=jitter)
        for jitter in (0, 1)
    )
    assert (first, last) == (NOW + timedelta(seconds=15), NOW + timedelta(seconds=30))


def test_a_message_dies_after_its_attempts_or_at_once_if_hopeless():
    def following(failures, *, retry=True):
        return next_attempt(RULE, failures=failures, failed_at=NOW, retry=retry, jitter=0.5)

    assert following(4) is not None
    assert following(5) is None
    assert following(1, retry=False) is None


def test_the_default_lasts_more_than_a_day():
    waits = [pause_after(Backoff(), failures) for failures in range(1, Backoff().attempts)]
    assert timedelta(days=1) < sum(waits, timedelta()) < timedelta(days=3)


@given(st.integers(1, 10_000), st.floats(0, 1), st.floats(1, 100))
def test_no_pause_is_longer_than_the_cap(failures, jitter, factor):
    rule = Backoff(factor=factor, attempts=100_000)
    at = next_attempt(rule, failures=failures, failed_at=NOW, retry=True, jitter=jitter)
    assert rule.first / 2 <= at - NOW <= rule.cap

"""Calls that may never come back."""

from __future__ import annotations

import threading

import pytest
from confluent_kafka import KafkaError, KafkaException

from hub.bus.kafka_bounded import LeftBehindError, call_within


def test_a_call_that_never_returns_is_left_behind() -> None:
    """After the given time the caller goes on, whatever the call still waits for."""
    forever = threading.Event()
    with pytest.raises(LeftBehindError):
        call_within(0.01, lambda: void(forever.wait()))
    forever.set()


def test_a_call_that_ends_in_time_says_what_came_of_it() -> None:
    """A result is a return, and the client's error is raised as it came."""
    done: list[int] = []
    call_within(60, lambda: done.append(1))
    assert done == [1]
    failure = KafkaException(KafkaError(KafkaError.NOT_COORDINATOR))

    def fail() -> None:
        raise failure

    with pytest.raises(KafkaException) as raised:
        call_within(60, fail)
    assert raised.value is failure


def void(_: object) -> None:
    """Drop a value."""

"""Sessions end by themselves, and with the role of whom they are of."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from hub.console.sessions import Sessions
from hub.console.store import FILE, Proposal, Store
from hub.vocabulary.clock import StillClock, parse_instant

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BEGIN = parse_instant("2026-04-01T09:00:00+09:00")
IDLE, LONGEST = 900.0, 28_800.0


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Give a store in which one operator has a role."""
    store = Store(tmp_path)
    store.enrol("it-1", "observer", b"digest", 0.0)
    yield store
    store.close()


def _after(store: Store, seconds: float) -> Sessions:
    return Sessions(store, StillClock(BEGIN + timedelta(seconds=seconds)), IDLE, LONGEST)


def test_a_session_in_use_lasts_until_its_longest_time(store: Store) -> None:
    """Used every ten minutes it ends after eight hours, not before."""
    word = _after(store, 0).begin("it-1")
    for minute in range(10, 480, 10):
        assert _after(store, minute * 60).find(word) is not None
    assert _after(store, LONGEST).find(word) is None


def test_a_session_that_is_only_looked_at_grows_idle(store: Store) -> None:
    """A look that is no use leaves the idle time running."""
    word = _after(store, 0).begin("it-1")
    assert _after(store, IDLE - 1).find(word, used=False) is not None
    assert _after(store, IDLE).find(word, used=False) is None
    assert _after(store, 1).find(word) is None, "what has ended does not come back"


def test_a_role_that_changes_counts_at_once(store: Store) -> None:
    """And with the role the session is gone."""
    word = _after(store, 0).begin("it-1")
    store.enrol("it-1", "operator", b"other", 0.0)
    found = _after(store, 1).find(word)
    assert found is not None
    assert found.role == "operator"
    store.revoke("it-1")
    assert _after(store, 2).find(word) is None


@pytest.mark.parametrize("word", [None, "", "made-up", "\ud800"])
def test_a_word_that_is_no_sessions_finds_none(store: Store, word: str | None) -> None:
    """Whatever a cookie holds."""
    assert _after(store, 0).find(word) is None


def test_a_proposal_lapses_and_goes_with_its_proposer(store: Store) -> None:
    """It is taken away once; after its time, or when its operator is let go, there is none."""
    for number, operator in enumerate(("it-1", "it-1", "it-2")):
        proposal = Proposal(str(number), "custody-hold", "f", "incident", operator, "", 100.0)
        store.propose(proposal)
    assert store.close_proposal("0")
    assert not store.close_proposal("0")
    store.revoke("it-1")
    assert [each.id for each in store.proposals(99.0)] == ["2"]
    assert store.proposals(100.0) == []
    assert store.proposals(0.0) == []


def test_neither_a_word_nor_a_token_is_shown_or_stored(store: Store, tmp_path: Path) -> None:
    """The file holds the word's digest; the values' repr holds neither."""
    sessions = _after(store, 0)
    word = sessions.begin("it-1")
    found = sessions.find(word)
    assert found is not None
    assert found.wrote(found.token)
    assert not found.wrote("")
    assert found.token not in repr(found)
    store.close()
    assert word.encode() not in (tmp_path / FILE).read_bytes()
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600

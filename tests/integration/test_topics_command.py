"""``hub topics`` from outside: what it finds, what it changes, what it leaves to a person."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from confluent_kafka.admin import AdminClient, NewTopic  # type: ignore[attr-defined]

from hub.runtime.buses import open_bus
from hub.runtime.home import open_home
from tests.support.hub_command import Done, hub

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

WITHOUT_STATE = ["ledger", "receipts", "quarantine", "keys", "intake.change-notice"]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a sandbox as ``init`` leaves it, to copy from."""
    home = tmp_path_factory.mktemp("topics") / "home"
    done = hub("--home", str(home), "init", "--sandbox", "--towns", "1", "--residents", "1")
    assert done.code == 0
    return home


@pytest.fixture(params=["embedded", "kafka"])
def address(request: pytest.FixtureRequest) -> str:
    """Give a bus that nothing was done on: a home's own file, or a new name on the broker."""
    if request.param == "embedded":
        return "embedded"
    return f"kafka://{request.getfixturevalue('kafka')}/{uuid4().hex}"


@pytest.fixture
def home(made: Path, tmp_path: Path) -> Path:
    """Give a home of the test's own."""
    return shutil.copytree(made, tmp_path / "home")


@pytest.fixture
def call(home: Path, address: str) -> Callable[..., Done]:
    """Give ``hub`` in that home on that bus."""
    return _caller(home, address)


def _caller(home: Path, address: str) -> Callable[..., Done]:
    given = ["--home", str(home), "--bus", address, "--format", "json"]
    return lambda *words: hub(*given, *words)


def _kinds(found: list[dict[str, Any]]) -> set[str]:
    return {each["what"] for each in found}


def test_plan_names_what_apply_makes_and_check_then_finds_nothing(
    call: Callable[..., Done],
) -> None:
    """From an empty bus: 0 for the plan, 1 for the check, then applied once and for all."""
    planned = call("topics", "plan")
    assert planned.code == 0
    assert _kinds(planned.result["changes"]) == {"create-topic"}
    assert {each["name"] for each in planned.result["changes"]} >= set(WITHOUT_STATE)
    assert call("topics", "check").code == 1
    applied = call("topics", "apply")
    assert (applied.code, applied.result) == (0, planned.result)
    again = call("topics", "apply")
    assert (again.code, again.result["changes"]) == (0, [])
    checked = call("topics", "check")
    assert (checked.code, checked.result["changes"], checked.result["unresolved"]) == (0, [], [])


def test_state_has_a_topic_only_where_there_are_brokers(
    call: Callable[..., Done], address: str
) -> None:
    """The embedded bus keeps it in a table of its file."""
    names = {each["name"] for each in call("topics", "plan").result["changes"]}
    assert ("state.intake.change-notice" in names) is address.startswith("kafka")


def test_a_home_in_use_is_as_declared(call: Callable[..., Done]) -> None:
    """What a hub makes when it opens is what ``apply`` would have made."""
    assert call("run", "--until-idle").code == 0
    assert call("topics", "check").code == 0


def test_other_partitions_are_left_to_a_person(
    call: Callable[..., Done], home: Path, address: str
) -> None:
    """Plan and apply name them, apply makes the rest, and neither touches them."""
    with open_bus(address, open_home(home)) as bus:
        bus.ensure("ledger", 2)
    left = [{"what": "partitions", "topic": "ledger", "found": 2, "wanted": 1}]
    planned = call("topics", "plan")
    assert (planned.code, planned.result["unresolved"]) == (0, left)
    applied = call("topics", "apply")
    assert (applied.code, applied.result["unresolved"]) == (1, left)
    checked = call("topics", "check")
    assert (checked.code, checked.result["unresolved"]) == (1, left)
    assert checked.result["changes"] == []


def test_a_topic_that_nothing_declares_is_left_where_it_is(
    call: Callable[..., Done], home: Path, address: str
) -> None:
    """It is reported and never deleted."""
    assert call("topics", "apply").code == 0
    with open_bus(address, open_home(home)) as bus:
        bus.ensure("old", 1)
    left = [{"what": "undeclared-topic", "topic": "old"}]
    assert call("topics", "apply").result["unresolved"] == left
    checked = call("topics", "check")
    assert (checked.code, checked.result["unresolved"]) == (1, left)


def test_settings_changed_on_kafka_are_found_and_set_back(kafka: str, home: Path) -> None:
    """A value that was changed, one taken away, and one that nothing declares."""
    address = f"kafka://{kafka}/{uuid4().hex}"
    call = _caller(home, address)
    assert call("topics", "apply").code == 0
    with open_bus(address, open_home(home)) as bus:
        bus.administration.set("receipts", "retention.ms", "604800000")
        bus.administration.set("receipts", "retention.bytes", None)
        bus.administration.set("receipts", "segment.jitter.ms", "600000")
    drift = call("topics", "check")
    assert drift.code == 1
    assert [(e["what"], e["setting"], e["found"]) for e in drift.result["changes"]] == [
        ("set-setting", "retention.ms", "604800000"),
        ("set-setting", "retention.bytes", None),
        ("remove-setting", "segment.jitter.ms", "600000"),
    ]
    assert call("topics", "apply").result["changes"] == drift.result["changes"]
    assert call("topics", "check").code == 0


def test_topics_of_another_name_on_kafka_are_not_ours(kafka: str, home: Path) -> None:
    """Two hubs share a cluster, each under its own name."""
    own = uuid4().hex
    admin = AdminClient({"bootstrap.servers": kafka})
    for name in (f"{own}2.ledger", f"other-{own}"):
        admin.create_topics([NewTopic(name, 1, 1)])[name].result()
    call = _caller(home, f"kafka://{kafka}/{own}")
    assert call("topics", "apply").code == 0
    assert call("topics", "check").code == 0


def test_kafka_that_does_not_answer_is_exit_3(home: Path) -> None:
    """One line on stderr, nothing on stdout."""
    done = _caller(home, "kafka://127.0.0.1:9")("topics", "check")
    assert (done.code, done.out) == (3, "")
    assert done.err.count("\n") == 1


def test_a_person_reads_lines(home: Path) -> None:
    """A line for each change, and words where nothing differs."""
    given = ["--home", str(home), "topics"]
    planned = hub(*given, "plan")
    assert "+ ledger: 作成、1 区画 / create, 1 partitions" in planned.out.split("\n")
    assert hub(*given, "apply").out == planned.out
    assert hub(*given, "check").out == "宣言のとおりです / as declared\n"


def test_a_bus_without_users_has_no_passwords(home: Path) -> None:
    """Exit 2 and one line: they are of a secured Kafka."""
    done = hub("--home", str(home), "topics", "passwords", "worker")
    assert (done.code, done.out) == (2, "")
    assert done.err.count("\n") == 1

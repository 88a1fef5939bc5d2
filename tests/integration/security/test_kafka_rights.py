"""Rights on a real broker follow the rules: given, kept, found again, taken away."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from confluent_kafka import KafkaError
from confluent_kafka.admin import AclBinding, AdminClient  # type: ignore[attr-defined]

from hub.bus.kafka_acls import binding_of, filter_of
from hub.bus.rights import TOPIC, Right
from hub.resources import shelf
from hub.rules.files import digest_of
from hub.runtime import topics
from hub.runtime.hub import Hub
from hub.runtime.kafka_card import access_of
from hub.runtime.kafka_users import draft_passwords
from hub.runtime.right_watch import Looked, RightWatch
from hub.runtime.rulebook import Rulebook, RulesNotSignedError, keep_rules
from hub.runtime.settings import Settings
from hub.sealing.master import load_master_key
from hub.sealing.vault_file import VaultFile
from hub.vocabulary.clock import parse_instant
from tests.integration.security.conftest import NOW, as_administrator
from tests.integration.security.readers import hears, reader, subscribe
from tests.support.hub_command import hub
from tests.support.services import Service

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.integration.security.conftest import Place

_LATER = "2026-10-02T09:00:00+09:00"


@pytest.fixture
def admin(place: Place) -> AdminClient:
    """Give the administrator's client."""
    return AdminClient(place.client("admin"))


@pytest.fixture(autouse=True)
def _as_declared(place: Place) -> Iterator[None]:
    """Leave the rights as they were."""
    yield
    (place.home.path / "subscriptions.toml").unlink(missing_ok=True)
    place.apply()


def _acl(place: Place, right: Right) -> AclBinding:
    return binding_of(right, f"{place.name}.")


def _kinds(place: Place) -> list[str]:
    return [change.to_dict()["what"] for change in place.plan().rights]


def test_applied_once_nothing_differs(place: Place) -> None:
    """The plan is empty, and applying again changes nothing."""
    assert place.plan().rights == []
    assert place.apply().rights == []
    assert place.plan().unresolved == []


def test_a_right_that_nobody_asked_for_is_drift_and_goes(place: Place, admin: AdminClient) -> None:
    """It is found, named, and taken away by one apply; so is one that was taken comes back."""
    extra = Right("org-072010", TOPIC, "release.", begins=True, operation="READ")
    admin.create_acls([_acl(place, extra)])[_acl(place, extra)].result()
    assert _kinds(place) == ["revoke"]
    assert place.apply().rights != []
    assert _kinds(place) == []


def test_a_rule_for_everybody_over_our_topics_needs_a_person(
    place: Place, admin: AdminClient
) -> None:
    """A wildcard user is nobody's of ours: it is reported and left alone."""
    right = Right("x", TOPIC, "keys", begins=False, operation="READ")
    wide = _acl(place, right)
    wide = AclBinding(
        wide.restype,
        wide.name,
        wide.resource_pattern_type,
        "User:*",
        wide.host,
        wide.operation,
        wide.permission_type,
    )
    admin.create_acls([wide])[wide].result()
    found = [each.to_dict() for each in place.plan().unresolved]
    assert [each["what"] for each in found] == ["strange-right"]
    assert place.apply().unresolved != []
    admin.delete_acls([filter_of(wide)])
    assert place.plan().unresolved == []


def test_a_user_nobody_declares_is_told(place: Place, tmp_path: Path) -> None:
    """One whose name is not of our making is left to a person; the command fails for it."""
    with place.open("admin", tmp_path) as bus:
        rights = bus.administration.rights
        assert rights is not None
        rights.set_passwords({"mallory": "x" * 16})
        assert [each.to_dict()["user"] for each in place.plan().unresolved] == ["mallory"]
        rights.remove_users(["mallory"])
    assert place.plan().unresolved == []


def test_a_change_of_a_password_that_broke_off_is_finished(place: Place, tmp_path: Path) -> None:
    """Killed between home and broker: the old password serves, `check` tells, `apply` gives another."""
    user = "org-072010"
    with as_administrator(place):
        draft_passwords(place.home, {user: "never-told"}, access_of(place.home))
    with place.open(user, tmp_path / "before") as bus:
        assert bus.partitions(topics.keys().name)
    assert _kinds(place) == ["finish-password"]
    place.apply()
    assert _kinds(place) == []
    with place.open(user, tmp_path / "after") as bus:
        assert bus.partitions(topics.keys().name)


def test_a_subscription_that_ends_cuts_its_reader_off(place: Place) -> None:
    """In force on its last day; on the next one apply takes the right, and a reader is out at once."""
    subscribe(place, "2026-10-01")
    assert place.plan(NOW).rights == []
    reading = reader(place)
    changed = place.apply(_LATER)
    assert hears(reading, KafkaError.TOPIC_AUTHORIZATION_FAILED) < 5
    reading.close()
    taken = [each.to_dict() for each in changed.rights]
    assert {each["what"] for each in taken} == {"revoke", "remove-user"}
    assert {each["why"] for each in taken if "why" in each} == {
        (
            "2026-10-01 で受信期間が終わりました（試行の終了）"
            " / the subscription ended on 2026-10-01 (試行の終了)"
        )
    }
    assert not (place.home.kafka_users / "org-070009.password").exists()


def test_a_right_that_has_ended_ends_by_itself(place: Place) -> None:
    """With an administrator's service running nobody calls anything; the connected reader is out."""
    card = str(place.security / "admin.toml")
    env = {
        "HUB_BUS": place.bus,
        "HUB_KAFKA_CARD": card,
        "HUB_NOW": NOW,
        "HUB_RIGHTS_SECONDS": "0.2",
    }
    reading = reader(place)
    with Service(place.home.path, "--role", "administrator", env=env) as service:
        service.await_event("service-started")
        subscribe(place, "2026-09-30")
        assert hears(reading, KafkaError.TOPIC_AUTHORIZATION_FAILED) < 10
        service.await_event("right-ended")
        assert service.stop() == 0
    reading.close()
    assert "試行の終了" in service.events("right-ended")[0]["right"]
    assert _kinds(place) == []


def test_what_would_give_more_waits_for_a_person(place: Place, admin: AdminClient) -> None:
    """The administrator's look takes an extra right away, and tells of a missing one."""
    missing = Right("worker", TOPIC, "intake.", begins=True, operation="READ")
    extra = Right("worker", TOPIC, "slips", begins=False, operation="WRITE")
    admin.delete_acls([filter_of(_acl(place, missing))])
    admin.create_acls([_acl(place, extra)])[_acl(place, extra)].result()
    with (
        as_administrator(place),
        Hub.open(Settings(home=place.home.path, bus=place.bus, now=NOW)) as opened,
    ):
        assert RightWatch(opened).step() == Looked(removed=1, give=1, person=0)
    assert _kinds(place) == ["grant"]


def test_only_the_administrator_looks_after_rights(place: Place) -> None:
    """Another user is told what to do, and so is a bus that knows no users: nothing is begun."""
    words = ("--home", str(place.home.path), "run", "--role", "administrator", "--until-idle")
    env = {"HUB_NOW": NOW, "HUB_KAFKA_CARD": str(place.home.kafka_users / "worker.toml")}
    assert hub(*words, env=env | {"HUB_BUS": place.bus}).code == 3
    assert hub(*words, env={"HUB_NOW": NOW}).code == 2


def _sign(place: Place, folder: Path | None) -> None:
    key = load_master_key({}, place.home.path, sandbox=True)
    with VaultFile.open(place.home.vault, key) as vault:
        digest = digest_of(folder or shelf("rules"))
        if folder:
            keep_rules(place.home, folder, digest)
        Rulebook(place.home, vault, "").sign(parse_instant(NOW), digest)


@pytest.fixture
def rules(place: Place, tmp_path: Path) -> Iterator[Callable[[], None]]:
    """Give what puts rules without 30の6 in force; the shipped ones come back afterwards."""
    folder = shutil.copytree(str(shelf("rules")), tmp_path / "rules")
    file = folder / "statutes" / "juki-30-6.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('"in-force"', '"unresolved"'), encoding="utf-8")
    yield lambda: _sign(place, folder)
    _sign(place, None)


def test_a_rule_that_is_gone_takes_its_rights_in_one_apply(
    place: Place, rules: Callable[[], None]
) -> None:
    """Without 30の6 no town writes, no prefecture reads, and its connected reader is out."""
    reading = reader(place)
    rules()
    changed = place.apply()
    assert hears(reading, KafkaError.TOPIC_AUTHORIZATION_FAILED) < 5
    reading.close()
    gone = {each.to_dict()["user"] for each in changed.rights}
    assert {"org-072010", "org-112291", "org-070009", "org-110001"} <= gone
    assert {each.to_dict()["what"] for each in changed.rights} == {"revoke", "remove-user"}


def test_rules_that_nobody_signed_give_no_right(place: Place) -> None:
    """No plan is made of them at all."""
    note = (place.home.path / "rules.note").read_bytes()
    place.home.keep_rules_note(b"")
    with pytest.raises(RulesNotSignedError):
        place.plan()
    place.home.keep_rules_note(note)


def test_the_command_tells_and_its_exit_code_says_whether_anything_differs(
    place: Place, admin: AdminClient
) -> None:
    """0 where all is as declared, 1 with the change named; no password is printed."""
    given = ["--home", str(place.home.path), "--bus", place.bus, "--format", "json"]
    env = {"HUB_KAFKA_CARD": str(place.home.kafka_users / "operator.toml"), "HUB_NOW": NOW}
    assert hub(*given, "topics", "check", env=env).code == 0
    right = Right("worker", TOPIC, "intake.", begins=True, operation="READ")
    admin.delete_acls([filter_of(_acl(place, right))])
    drift = hub(*given, "topics", "check", env=env)
    assert drift.code == 1
    (change,) = drift.result["changes"]
    assert (change["what"], change["user"], change["name"]) == ("grant", "worker", "intake.")
    # The operator sees it, and may not change it.
    assert hub(*given, "topics", "apply", env=env).code == 3
    admin_env = env | {"HUB_KAFKA_CARD": str(place.security / "admin.toml")}
    applied = hub(*given, "topics", "apply", env=admin_env)
    assert applied.code == 0
    with as_administrator(place):
        assert _kinds(place) == []

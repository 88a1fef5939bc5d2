"""Every role, every operation, every class of topic: what is allowed works, all else is refused.

What is expected stands here by hand, apart from ``topics/rights.toml``.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from confluent_kafka import (
    Consumer,
    KafkaError,
    KafkaException,
    Producer,
    TopicCollection,
    TopicPartition,
)
from confluent_kafka.admin import (  # type: ignore[attr-defined]
    AclOperation,
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewTopic,
    ResourceType,
)

if TYPE_CHECKING:
    from tests.integration.security.conftest import Place

FEED = "change-notice"
TOPICS = {
    "intake": f"intake.{FEED}",
    "release": f"release.{FEED}.070009",
    "release of another": f"release.{FEED}.110001",
    "ledger": "ledger",
    "receipts": "receipts",
    "quarantine": "quarantine",
    "keys": "keys",
    "custody": "custody",
    "state": f"state.intake.{FEED}",
    "file": "file.matrix",
    "lives": "lives",
    "slips": "slips",
}
EVERY = set(TOPICS)
# What goes on its day. What the checks remember and what was sent under a slip is no payload.
PAYLOADS = EVERY - {"state", "slips"}

# Who may do what to which topics. WRITE, READ and DELETE show a topic's existence; the administrator
# may all.
USERS = {
    "connector": "org-072010",
    "worker": "worker",
    "custodian": "custodian",
    "recipient": "org-070009",
    "operator": "operator",
    "recorder": "recorder",
    "gateway": "gateway",
    "administrator": "admin",
}
READS = {
    "connector": set[str](),
    "worker": {"intake", "state", "custody", "ledger", "keys", "file", "lives"},
    "custodian": PAYLOADS,
    "recipient": {"release", "keys"},
    "operator": set[str](),
    "recorder": {"ledger", "keys"},
    "gateway": EVERY - {"state"},
    "administrator": EVERY,
}
WRITES = {
    "connector": {"intake", "keys"},
    "worker": EVERY - {"intake", "slips"},
    "custodian": PAYLOADS - {"file"},
    "recipient": set[str](),
    "operator": set[str](),
    "recorder": set[str](),
    "gateway": EVERY - {"release", "release of another", "state"},
    "administrator": EVERY,
}
DELETES = {"custodian": PAYLOADS, "administrator": EVERY}
# Metadata: the hub's own processes and the operator see that topics are there.
SEES = {
    "connector": {"intake", "keys"},
    "recipient": {"release", "keys"},
}
_REFUSED = {KafkaError.TOPIC_AUTHORIZATION_FAILED}
_PATIENCE_S = 20


@pytest.fixture(scope="module", autouse=True)
def _a_file(place: Place) -> None:
    """Make a file's topic, which only a home's commands make otherwise."""
    admin = AdminClient(place.client("admin"))
    name = place.wire(TOPICS["file"])
    admin.create_topics([NewTopic(name, 1, 1)])[name].result()


def _classes(place: Place) -> dict[str, str]:
    return {place.wire(topic): kind for kind, topic in TOPICS.items()}


def _ends(code: int | None) -> str:
    return "refused" if code in _REFUSED else f"error {code}"


@pytest.mark.parametrize("role", USERS)
def test_reading(place: Place, role: str) -> None:
    """Each role reads its topics to their end and is refused all others, by the broker's own word."""
    kinds = _classes(place)
    settings = place.client(USERS[role], **{"enable.partition.eof": True})
    settings["group.id"] = place.wire("receive.070009" if role == "recipient" else "hub.matrix")
    consumer = Consumer(settings)
    # What it may not even see, the client never asks to read; so the broker is asked for that first.
    listed = {topic: consumer.list_topics(topic, _PATIENCE_S).topics[topic] for topic in kinds}
    unseen = {topic: seen.error.code() for topic, seen in listed.items() if seen.error}
    found = {kinds[topic]: _ends(code) for topic, code in unseen.items()}
    consumer.assign([TopicPartition(topic, 0, 0) for topic in kinds if topic not in unseen])
    give_up = time.monotonic() + _PATIENCE_S
    while len(found) < len(kinds) and time.monotonic() < give_up:
        message = consumer.poll(0.5)
        error = message.error() if message else None
        if message is None or error is None or message.topic() is None:
            continue
        ended = error.code() == KafkaError._PARTITION_EOF
        found[kinds[str(message.topic())]] = "read" if ended else _ends(error.code())
    consumer.close()
    assert found == {kind: "read" if kind in READS[role] else "refused" for kind in TOPICS}


@pytest.mark.parametrize("role", USERS)
def test_writing(place: Place, role: str) -> None:
    """Each role writes to its topics and is refused all others."""
    kinds = _classes(place)
    producer = Producer(place.client(USERS[role], **{"message.timeout.ms": 10_000, "linger.ms": 0}))
    found: dict[str, str] = {}

    def note(error: KafkaError | None, message: Any) -> None:
        found[kinds[message.topic()]] = "written" if error is None else _ends(error.code())

    for topic in kinds:
        producer.produce(topic, b"0", key=b"k", partition=0, on_delivery=note)
    assert producer.flush(_PATIENCE_S) == 0
    assert found == {kind: "written" if kind in WRITES[role] else "refused" for kind in TOPICS}


@pytest.mark.parametrize("role", USERS)
def test_what_the_broker_says_a_role_may(place: Place, role: str) -> None:
    """Of every topic that a role sees, the whole set of operations; of all others nothing."""
    kinds = _classes(place)
    admin = AdminClient(place.client(USERS[role]))
    answers = admin.describe_topics(
        TopicCollection(list(kinds)), include_authorized_operations=True
    )
    refusals = {name: answer.exception() for name, answer in answers.items()}
    codes = {failure.args[0].code() for failure in refusals.values() if failure}
    assert codes <= _REFUSED
    found = {
        kinds[name]: {o.name for o in answers[name].result().authorized_operations}
        for name, failure in refusals.items()
        if failure is None
    }
    assert found.keys() == SEES.get(role, EVERY)
    if role == "administrator":
        return
    assert {kind for kind, allowed in found.items() if "READ" in allowed} == READS[role]
    assert {kind for kind, allowed in found.items() if "WRITE" in allowed} == WRITES[role]
    assert {k for k, allowed in found.items() if "DELETE" in allowed} == DELETES.get(role, set())
    assert not any({"ALTER", "ALTER_CONFIGS"} & allowed for allowed in found.values())
    made = {kind for kind, allowed in found.items() if "CREATE" in allowed}
    assert made == ({"file"} if role in {"worker", "gateway"} else set())
    sees_settings = {kind for kind, allowed in found.items() if "DESCRIBE_CONFIGS" in allowed}
    assert sees_settings == (EVERY if role == "operator" else set())


@pytest.mark.parametrize("role", [role for role in USERS if role != "administrator"])
def test_changing_the_bus(place: Place, role: str) -> None:
    """Nobody but the administrator makes topics of feeds, settings, rights or users.

    Nor does anybody else delete a topic that holds no payload.
    """
    admin = AdminClient(place.client(USERS[role]))
    ledger, made = place.wire("ledger"), place.wire("intake.made-up")
    slips = place.wire("slips")
    setting = ConfigEntry("retention.ms", "1", incremental_operation=AlterConfigOpType.SET)
    resource = ConfigResource(ResourceType.TOPIC, ledger, incremental_configs=[setting])
    tried = [
        admin.delete_topics([slips])[slips],
        admin.create_topics([NewTopic(made, 1, 1)])[made],
        admin.incremental_alter_configs([resource])[resource],
    ]
    for attempt in tried:
        with pytest.raises(KafkaException) as caught:
            attempt.result()
        assert caught.value.args[0].code() in _REFUSED
    allowed = admin.describe_cluster(include_authorized_operations=True).result()
    may = {AclOperation(o).name for o in allowed.authorized_operations or ()}
    assert may == ({"DESCRIBE", "DESCRIBE_CONFIGS"} if role == "operator" else set())


def test_a_custodian_deletes_a_files_topic(place: Place) -> None:
    """Which is how a file is erased; nobody else of the hub's roles may."""
    name = place.wire("file.due")
    admin = AdminClient(place.client("admin"))
    admin.create_topics([NewTopic(name, 1, 1)])[name].result()
    worker = AdminClient(place.client("worker"))
    with pytest.raises(KafkaException):
        worker.delete_topics([name])[name].result()
    custodian = AdminClient(place.client("custodian"))
    custodian.delete_topics([name])[name].result()


@pytest.mark.parametrize(
    ("user", "group", "allowed"),
    [
        ("org-070009", "receive.070009", True),
        ("org-070009", "receive.110001", False),
        ("org-070009", "hub.worker", False),
        ("org-072010", "receive.070009", False),
        ("worker", "hub.worker", True),
        ("worker", "receive.070009", False),
        ("custodian", "receive.070009", True),
    ],
)
def test_groups(place: Place, user: str, group: str, *, allowed: bool) -> None:
    """A body moves its own position and nobody else's, nor the hub's."""
    refusals: list[int] = []
    joined: list[bool] = []
    consumer = Consumer(place.client(user, **{"group.id": place.wire(group)}))
    consumer.subscribe([place.wire("keys")], on_assign=lambda *_: joined.append(True))
    give_up = time.monotonic() + _PATIENCE_S
    while not refusals and not joined and time.monotonic() < give_up:
        message = consumer.poll(0.2)
        if message is not None and (error := message.error()) is not None:
            refusals.append(error.code())
    consumer.close()
    wanted = ([], [True]) if allowed else ([KafkaError.GROUP_AUTHORIZATION_FAILED], [])
    assert (refusals, joined) == wanted


@pytest.mark.parametrize(
    ("user", "name", "allowed"),
    [
        ("worker", "hub.1.0", True),
        ("worker", "hand.receive.070009", False),
        ("org-070009", "hub.1.0", False),
        ("org-072010", "hub.1.0", False),
    ],
)
def test_transactions(place: Place, user: str, name: str, *, allowed: bool) -> None:
    """Nobody else begins under a name of the hub's, which would end what the hub has open."""
    producer = Producer(place.client(user, **{"transactional.id": place.wire(name)}))
    if allowed:
        producer.init_transactions(_PATIENCE_S)
        return
    with pytest.raises(KafkaException) as caught:
        producer.init_transactions(_PATIENCE_S)
    assert caught.value.args[0].code() == KafkaError.TRANSACTIONAL_ID_AUTHORIZATION_FAILED

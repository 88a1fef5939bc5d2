"""The compose file is one, and says what the hub understands; no engine is here to run it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import click
import fastjsonschema
import pytest

from hub.bus import declared
from hub.bus.declared_rights import HUB, administrator, roles
from hub.cli.main import cli
from hub.runtime.buses import _KAFKA
from hub.runtime.settings import Settings
from ops.kafka.properties import Ports, Safety, properties
from tests.unit.ops.composed import (
    BESIDE,
    PROFILES,
    ROOT,
    Service,
    brokers,
    document,
    environment,
    hub_services,
    services,
)

_SCHEMA = ROOT / "tests/support/compose/compose_spec.json"
# What the vault and the client of PostgreSQL read by themselves, beside the settings.
_READ_BY_OTHERS = {"HUB_MASTER_KEY", "HUB_MASTER_KEY_FILE", "PGPASSFILE", "HUB_KAFKA_CARD"}
_MAY_HOLD_A_SECRET = re.compile(r"PASSWORD|SECRET|TOKEN|KEY(?!STORE)", re.IGNORECASE)
# Who may come in and what he may do; super.users and how often is asked again differ.
_OF_SAFETY = re.compile(r"ssl|sasl|authorizer|allow\.everyone|inter\.broker|protocol\.map")


def test_the_file_is_a_compose_file() -> None:
    """By the schema of Compose: no unknown key, no value of another type."""
    schema = json.loads(_SCHEMA.read_text(encoding="utf-8"))
    validate = fastjsonschema.compile(schema, use_formats=False)
    validate(document())
    with pytest.raises(fastjsonschema.JsonSchemaException):
        validate(document() | {"services": {"hub": {"imago": "juki-hub"}}})


def test_what_a_service_names_is_there() -> None:
    """Volumes, secrets, files of this repository, and services of the same profile."""
    for name, service in services().items():
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0] if isinstance(volume, str) else volume["source"]
            known = (
                (ROOT / source).is_dir() if source[0] == "." else source in document()["volumes"]
            )
            assert known, (name, source)
        assert set(service.get("secrets", ())) <= document()["secrets"].keys()
        for other, how in service.get("depends_on", {}).items():
            beside = {BESIDE.get(profile, profile) for profile in service["profiles"]}
            assert beside <= set(services()[other]["profiles"]), (name, other)
            ends = services()[other].get("restart") == "no"
            assert ("healthcheck" in services()[other]) is not ends, other
            waited = "service_completed_successfully" if ends else "service_healthy"
            assert how == {"condition": waited}, (name, other)


@pytest.mark.parametrize("profile", PROFILES)
def test_each_profile_is_whole(profile: str) -> None:
    """Brokers, every role of the hub, Prometheus and Grafana: what goes on has a health check."""
    found = services(profile)
    assert len(brokers(profile)) == {"demo": 1, "full": 3}[profile]
    commands = [service["command"] for service in hub_services(profile).values()]
    roles = sorted(words[-1] for words in commands if words[0] == "run")
    wanted = {"administrator", "custodian", "ledger", "worker"}
    assert set(roles) == wanted | ({"gateway"} if profile == "demo" else set())
    assert {"prometheus", "grafana"} <= found.keys()
    assert ("postgres" in found) is (profile == "full")
    goes_on = {name for name, service in found.items() if service["restart"] != "no"}
    assert [name for name in goes_on if "healthcheck" not in found[name]] == []


def test_every_port_is_open_on_loopback_alone() -> None:
    """Nothing of this machine's is shown to its network."""
    ports = [port for service in services().values() for port in service.get("ports", ())]
    assert ports
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []
    modes = {each["network_mode"] for each in services().values() if "network_mode" in each}
    assert modes <= {"none"}


def test_grafana_asks_nobody_beyond_this_machine() -> None:
    """No reports, no looking for newer versions or plugins, no news, no pictures of people."""
    found = environment("grafana")
    off = ("REPORTING_ENABLED", "CHECK_FOR_UPDATES", "CHECK_FOR_PLUGIN_UPDATES")
    assert {found[f"GF_ANALYTICS_{name}"] for name in off} == {"false"}
    assert found["GF_NEWS_NEWS_FEED_ENABLED"] == "false"
    assert found["GF_PLUGINS_PREINSTALL_DISABLED"] == "true"
    assert found["GF_SECURITY_DISABLE_GRAVATAR"] == "true"


def test_no_secret_has_a_value_in_the_file() -> None:
    """Each is a file outside the repository: no password, and no default for one."""
    for name, service in services().items():
        for key, value in service.get("environment", {}).items():
            if _MAY_HOLD_A_SECRET.search(key):
                assert key.endswith("_FILE"), (name, key)
                secret = value.removeprefix("/run/secrets/")
                assert secret in service["secrets"], (name, key)
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    assert "/secrets/" in ignored
    for secret in document()["secrets"].values():
        assert secret["file"].startswith("./secrets/")


@pytest.mark.parametrize("name", hub_services())
def test_every_setting_of_the_hub_is_one_that_it_reads(name: str) -> None:
    """A misspelt variable would be ignored in silence; each value is one that the hub takes."""
    found = hub_services()[name].get("environment", {})
    read = {f"HUB_{field.upper()}" for field in Settings.model_fields} | _READ_BY_OTHERS
    assert found.keys() <= read
    given = {key.removeprefix("HUB_").lower(): value for key, value in found.items()}
    settings = Settings(**{k: v for k, v in given.items() if k in Settings.model_fields})
    assert not found or _KAFKA.fullmatch(settings.bus)


@pytest.mark.parametrize("name", hub_services())
def test_every_command_of_the_hub_is_one_that_it_takes(name: str) -> None:
    """As the command itself reads it, options and their values included."""
    _parse(hub_services()[name]["command"])


def _parse(words: list[str]) -> None:
    context = click.Context(cli)
    command = cli.get_command(context, words[0])
    assert command is not None
    # Raises click.UsageError for what it does not take; runs nothing.
    command.make_context(words[0], list(words[1:]), parent=context)


def test_a_command_that_the_hub_does_not_take_is_found() -> None:
    """The test above can fail."""
    with pytest.raises(click.UsageError):
        _parse(["run", "--role", "gardener"])


@pytest.mark.parametrize("profile", PROFILES)
def test_the_roles_find_every_broker_of_their_profile(profile: str) -> None:
    """Under the name that the broker gives itself and its certificate bears, at a door in TLS."""
    found = brokers(profile)
    doors = {"CLIENTS": 9092, "CERTIFIED": 9094}
    for name, settings in found.items():
        told = settings["advertised.listeners"].split(",")
        assert {f"{door}://{name}:{port}" for door, port in doors.items()} < set(told)
    services_of = hub_services(profile)
    (made,) = [words for words in map(_words, services_of.values()) if "certificates" in words]
    assert made[3:] == [name for name, _ in sorted(found.items())]
    for service in services_of.values():
        if "environment" in service:
            card = service["environment"]["HUB_KAFKA_CARD"]
            port = doors["CERTIFIED" if card.endswith("admin.toml") else "CLIENTS"]
            bus = _KAFKA.fullmatch(service["environment"]["HUB_BUS"])
            assert bus
            assert set(bus["servers"].split(",")) == {f"{name}:{port}" for name in found}


def _words(service: Service) -> list[str]:
    words: list[str] = service["command"]
    return words


def test_each_role_has_the_rights_of_its_own_user() -> None:
    """It is reached by a card of that name, which ``topics apply`` makes for a role of the data."""
    running = [each for each in hub_services().values() if each["command"][0] == "run"]
    assert len(running) == 10
    for service in running:
        card, role = Path(service["environment"]["HUB_KAFKA_CARD"]), service["command"][-1]
        if role == "administrator":
            assert card == Path("/var/lib/brokers/admin.toml")
            continue
        assert card.parent.name == "kafka-users"
        assert card.stem == {"ledger": "recorder"}.get(role, role)
        assert roles()[card.stem].holder == HUB


@pytest.mark.parametrize("profile", PROFILES)
def test_brokers_are_set_as_the_topics_want(profile: str) -> None:
    """Every row of ``topics.toml`` for a secured cluster of that size stands there in words."""
    size = len(brokers(profile))
    for name, settings in brokers(profile).items():
        for row in declared.broker_settings():
            if size >= row.from_brokers:
                assert row.is_met_by(settings.get(row.name)), (name, row.name)


@pytest.mark.parametrize("profile", PROFILES)
def test_brokers_are_secured_as_our_own_are(profile: str) -> None:
    """Every setting of safety has the value with which the tests of security start a broker."""
    for number, (name, settings) in enumerate(sorted(brokers(profile).items()), start=1):
        own = _own_settings(number)
        for key in (key for key in own if _OF_SAFETY.search(key)):
            assert settings.get(key) == own[key].replace("{folder}", "/run/brokers"), (name, key)
        users = ["User:admin", *(f"User:CN=node-{n + 1}" for n in range(len(brokers(profile))))]
        assert settings["super.users"].split(";") == users
        assert {key for key in settings if _OF_SAFETY.search(key)} == {
            key for key in own if _OF_SAFETY.search(key)
        }


def _own_settings(number: int) -> dict[str, str]:
    safety = Safety(Path("{folder}"), administrator(), 60_000)
    ports = [Ports(1, 2, 3, 4)] * number
    lines = properties(number, ports, Path("data"), safety).splitlines()
    return dict(line.split("=", 1) for line in lines)


def test_three_brokers_are_one_cluster() -> None:
    """One id, one list of voters in which each stands under its own number."""
    found = brokers("full")
    assert len({settings["controller.quorum.voters"] for settings in found.values()}) == 1
    voters = next(iter(found.values()))["controller.quorum.voters"].split(",")
    assert voters == [f"{settings['node.id']}@{name}:9093" for name, settings in found.items()]
    ids = {services()[name]["environment"]["CLUSTER_ID"] for name in found}
    assert len(ids) == 1
    assert all(re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{21}", each) for each in ids)


def test_the_image_is_made_of_pinned_parts_and_runs_as_nobody_special() -> None:
    """Everything installed is named by its hash or made here, and the user is not root."""
    text = (ROOT / "ops/Dockerfile").read_text(encoding="utf-8")
    installs = re.findall(r"pip install (.*?)(?: \\|\n)", text)
    assert len(installs) == 3
    assert [each for each in installs if not re.search("--require-hashes|--no-index", each)] == []
    assert re.findall(r"^USER (.*)$", text, re.MULTILINE) == ["10001"]
    for service in hub_services().values():
        assert (ROOT / service["build"]["dockerfile"]).is_file()
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])


def test_what_the_image_is_made_of_is_let_in_and_nothing_else() -> None:
    """The build sees no home, no secret, no jar; it has all that the wheel needs."""
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").split("\n")
    allowed = {line[1:] for line in lines if line.startswith("!")}
    assert "*" in lines
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    shelves = re.findall(r'^"(\w+)" = "hub/_data/\w+"$', project, re.MULTILINE)
    assert len(shelves) == 3
    needed = {"pyproject.toml", "README.md", "LICENSE", "requirements", "hub", "connectors"}
    assert allowed == needed | set(shelves)
    assert all(Path(ROOT / each).exists() for each in allowed)

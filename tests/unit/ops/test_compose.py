"""The compose file is one, and says what the hub understands; no engine is here to run it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import click
import fastjsonschema
import pytest

from hub.bus import declared
from hub.cli.main import cli
from hub.runtime.buses import _KAFKA
from hub.runtime.settings import Settings
from tests.unit.ops.composed import PROFILES, ROOT, brokers, document, hub_services, services

_SCHEMA = ROOT / "tests/support/compose/compose_spec.json"
# What the vault and the client of PostgreSQL read by themselves, beside the settings.
_READ_BY_OTHERS = {"HUB_MASTER_KEY", "HUB_MASTER_KEY_FILE", "PGPASSFILE"}
_MAY_HOLD_A_SECRET = re.compile(r"PASSWORD|SECRET|TOKEN|KEY", re.IGNORECASE)


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
            source = volume.split(":")[0]
            known = (
                (ROOT / source).is_dir() if source[0] == "." else source in document()["volumes"]
            )
            assert known, (name, source)
        assert set(service.get("secrets", ())) <= document()["secrets"].keys()
        for other in service.get("depends_on", ()):
            assert set(service["profiles"]) <= set(services()[other]["profiles"]), (name, other)
            assert "healthcheck" in services()[other], other


@pytest.mark.parametrize("profile", PROFILES)
def test_each_profile_is_whole(profile: str) -> None:
    """Brokers, every role of the hub, Prometheus and Grafana, each with a health check."""
    found = services(profile)
    assert len(brokers(profile)) == {"demo": 1, "full": 3}[profile]
    roles = sorted(service["command"][-1] for service in hub_services(profile).values())
    assert roles == ["custodian", "ledger", "worker"]
    assert {"prometheus", "grafana"} <= found.keys()
    assert ("postgres" in found) is (profile == "full")
    assert [name for name, service in found.items() if "healthcheck" not in service] == []


def test_every_port_is_open_on_loopback_alone() -> None:
    """Nothing of this machine's is shown to its network."""
    ports = [port for service in services().values() for port in service.get("ports", ())]
    assert ports
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []
    assert [name for name, each in services().items() if "network_mode" in each] == []


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
    found = hub_services()[name]["environment"]
    read = {f"HUB_{field.upper()}" for field in Settings.model_fields} | _READ_BY_OTHERS
    assert found.keys() <= read
    given = {key.removeprefix("HUB_").lower(): value for key, value in found.items()}
    settings = Settings(**{k: v for k, v in given.items() if k in Settings.model_fields})
    assert _KAFKA.fullmatch(settings.bus)


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
    """Under the name that the broker gives itself, and no broker of the other profile."""
    names = {f"{name}:9092" for name in brokers(profile)}
    told = {
        b["advertised.listeners"].removeprefix("PLAINTEXT://") for b in brokers(profile).values()
    }
    assert told == names
    for service in hub_services(profile).values():
        found = _KAFKA.fullmatch(service["environment"]["HUB_BUS"])
        assert found
        assert set(found["servers"].split(",")) == names


@pytest.mark.parametrize("profile", PROFILES)
def test_brokers_are_set_as_the_topics_want(profile: str) -> None:
    """Every row of ``topics.toml`` for a cluster of that size stands there in words."""
    size = len(brokers(profile))
    for name, settings in brokers(profile).items():
        for row in declared.broker_settings():
            # docs/deployment.md says that these brokers ask nobody who he is yet.
            if size >= row.from_brokers and not row.secured:
                assert row.is_met_by(settings.get(row.name)), (name, row.name)


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

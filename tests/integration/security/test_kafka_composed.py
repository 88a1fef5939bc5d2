"""What ``docker-compose.yml`` starts works together: its own commands, settings and order, no engine.

Containers are processes here, volumes are folders, and the name of a broker is an address of this
machine's own (127.x.y.z). A broker's settings are read by the very program that Kafka's image reads
them with.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import ssl
import subprocess
import time
from contextlib import ExitStack, contextmanager, suppress
from socket import create_connection
from typing import TYPE_CHECKING, NamedTuple, Self
from uuid import uuid4

import httpx
import pytest

from hub.durable import write_secret
from ops.kafka.java import Machine, NodeError, java
from tests.support.hub_command import Done, hub
from tests.support.notices import notice
from tests.support.services import Service, free_port
from tests.unit.ops.composed import brokers, environment, services

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType

TOWN, PREFECTURE = "072010", "070009"
_READY_SECONDS = 90
_PORT = 9092


class Composed(NamedTuple):
    """A profile of the file whose volumes lie in a folder; ``hosts`` are its brokers' addresses."""

    profile: str
    folder: Path
    hosts: dict[str, str]

    def here(self, text: str, broker: str = "") -> str:
        """Give words of the file with places of this machine instead of a container's."""
        for place, volume in _VOLUMES.items():
            text = text.replace(place, str(self.folder / volume))
        text = text.replace("/var/lib/kafka/data", str(self.folder / f"data-{broker}"))
        text = text.replace("://:", f"://{self.hosts.get(broker, '')}:")
        return _BROKER.sub(lambda found: self.hosts[found[0]], text)

    def call(self, service: str, *more: str, stdin: bytes = b"") -> Done:
        """Call what a service of the file calls, with ``more`` after it."""
        command = [self.here(word) for word in services()[service]["command"]]
        return self.instead(service, *command, *more, stdin=stdin)

    def instead(self, service: str, *words: str, stdin: bytes = b"") -> Done:
        """Call other words in the place of a service, as ``docker compose run`` does."""
        given = {k: self.here(v) for k, v in environment(service).items() if k.startswith("HUB_")}
        return hub("--format", "json", *words, stdin=stdin, env=given | {"HUB_METRICS_PORT": "0"})


_VOLUMES = {
    "/run/brokers": "brokers",
    "/var/lib/brokers": "brokers",
    "/var/lib/hub": "hub",
    "/run/secrets": "secrets",
}
# As a word of its own or with a port; kafka:// is none.
_BROKER = re.compile(r"\bkafka(-\d)?(?=:\d|$)")


class Broker:
    """One broker of the file, in a block: set, formatted and started as its image does that."""

    def __init__(self, composed: Composed, name: str) -> None:
        self._host = composed.hosts[name]
        self._folder = composed.folder / name
        shelf, mounted, final = (self._folder / each for each in ("shelf", "mounted", "final"))
        for folder in (shelf, mounted, final):
            folder.mkdir(parents=True)
        for file in ("server.properties", "log4j2.yaml", "tools-log4j2.yaml"):
            (shelf / file).touch()
        self._properties = final / "server.properties"
        given = {key: composed.here(value, name) for key, value in environment(name).items()}
        wrapper = [*java(Machine("128m")), "kafka.docker.KafkaDockerWrapper", "setup"]
        places = ["-D", str(shelf), "-M", str(mounted), "-F", str(final)]
        done = subprocess.run(
            [*wrapper, *places], env=os.environ | given, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr.decode()

    def __enter__(self) -> Self:
        call = [*java(Machine("384m")), "kafka.Kafka", str(self._properties)]
        with (self._folder / "log").open("wb") as log:
            self._process = subprocess.Popen(call, stdout=log, stderr=log)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.terminate()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def await_healthy(self) -> None:
        """Wait as the file's health check does: until the door for clients is open."""
        _await_port(self._host, _PORT)
        assert self._process.poll() is None, (self._folder / "log").read_text()


def _await_port(host: str, port: int) -> None:
    give_up = time.monotonic() + _READY_SECONDS
    while time.monotonic() < give_up:
        with suppress(OSError), create_connection((host, port), 1):
            return
        time.sleep(0.2)
    raise AssertionError(f"nobody opened {host}:{port}")


@contextmanager
def _started(profile: str, folder: Path) -> Iterator[Composed]:
    """Do what docs/deployment.md says, in the order of the file."""
    ours = ".".join(str(1 + secrets.randbelow(250)) for _ in range(2))
    names = sorted(brokers(profile))
    hosts = {name: f"127.{ours}.{number}" for number, name in enumerate(names, start=1)}
    composed = Composed(profile, folder, hosts)
    end = "-demo" if profile == "demo" else ""
    assert composed.call(f"init{end}").code == 0
    assert composed.call(f"certificates{end}").code == 0
    with ExitStack() as stack:
        running = [stack.enter_context(Broker(composed, name)) for name in names]
        for broker in running:
            broker.await_healthy()
        yield composed


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Composed]:
    """Give the profile ``demo``, its broker up and all applied; skipped as other brokers are."""
    try:
        with _started("demo", tmp_path_factory.mktemp("composed")) as demo:
            applied = demo.call("apply-demo")
            assert applied.code == 0, applied.err
            yield demo
    except NodeError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))


def test_the_services_of_the_demo_carry_a_notice(demo: Composed) -> None:
    """After ``apply`` every role does its work with its own card, and the prefecture reads."""
    assert demo.instead("apply-demo", "topics", "check").code == 0
    line = json.dumps(notice(1), ensure_ascii=False).encode()
    sent = ("submit", "--feed", "change-notice", "--from", TOWN, "-")
    assert demo.instead("hub-demo", *sent, stdin=line).lines[0]["outcome"] == "accepted"
    for service in ("worker-demo", "custodian-demo", "ledger-demo", "administrator-demo"):
        done = demo.call(service, "--until-idle")
        assert done.code == 0, (service, done.err)
    got = demo.instead("hub-demo", "receive", "--feed", "change-notice", "--as", PREFECTURE)
    assert [each["from"] for each in got.lines] == [TOWN]


def _caller(demo: Composed, party: str, port: int) -> httpx.Client:
    """Give a client of the gateway with a certificate that the sandbox made for a party."""
    file = demo.folder / f"{party}.pem"
    made = demo.instead("hub-demo", "gateway", "certificate", party, "--out", str(file))
    context = ssl.create_default_context(cafile=made.result["authority"])
    context.load_cert_chain(file)
    return httpx.Client(
        base_url=f"https://127.0.0.1:{port}/v1/feeds/change-notice", verify=context, timeout=30
    )


def test_the_gateway_of_the_demo_serves_its_callers(demo: Composed) -> None:
    """As its own user: it takes a town's notice under a slip, hands it over, is told that it came."""
    given = {key: demo.here(value) for key, value in environment("gateway-demo").items()}
    port = free_port()
    given |= {"HUB_GATEWAY_PORT": str(port), "HUB_METRICS_HOST": "127.0.0.1"}
    words = services()["gateway-demo"]["command"][1:]
    line = json.dumps(notice(2), ensure_ascii=False).encode()
    with (
        Service(demo.folder / "hub" / "own", *words, env=given) as service,
        _caller(demo, TOWN, port) as town,
        _caller(demo, PREFECTURE, port) as prefecture,
    ):
        service.await_event("service-started")
        _await_port("127.0.0.1", port)
        sent = town.put(f"/submissions/{uuid4()}", content=line)
        assert sent.status_code == 200, sent.text
        assert demo.call("worker-demo", "--until-idle").code == 0
        got = prefecture.get("/records?wait=10").text.strip().split("\n")
        cursor = json.loads(got[-1])["cursor"]
        kept = prefecture.post("/acknowledgements", json={"cursor": cursor})
        assert kept.status_code == 204, kept.text
        assert service.stop() == 0


def test_a_home_without_a_card_is_not_let_in(demo: Composed) -> None:
    """It comes as nobody, in plain text, and finds no door for that (exit 3)."""
    elsewhere = demo.folder / "elsewhere"
    words = ("--home", str(elsewhere), "init", "--sandbox", "--towns", "1", "--residents", "1")
    assert hub(*words).code == 0
    bus = demo.here(environment("worker-demo")["HUB_BUS"])
    done = hub("run", "--until-idle", env={"HUB_HOME": str(elsewhere), "HUB_BUS": bus})
    assert (done.code, done.out) == (3, "")


def test_certificates_for_brokers_are_read_by_them_and_by_their_group_alone(demo: Composed) -> None:
    """What a broker shows is readable for its group, every other secret for its owner alone."""
    modes = {file.name: file.stat().st_mode & 0o777 for file in (demo.folder / "brokers").iterdir()}
    assert {name for name, mode in modes.items() if mode == 0o640} == {"broker-1.pem", "node-1.pem"}
    assert {name for name, mode in modes.items() if mode & 0o077 == 0} == {
        "admin.pem",
        "clients-ca.key",
        "nodes-ca.key",
    }


@pytest.mark.long
def test_three_brokers_are_one_secured_cluster(tmp_path: Path) -> None:
    """The profile ``full``: a home for real work, three copies of each topic, every role at work."""
    (tmp_path / "secrets").mkdir()
    write_secret(tmp_path / "secrets" / "master-key", secrets.token_hex(32).encode())
    with _started("full", tmp_path) as full:
        applied = full.call("apply")
        assert applied.code == 0, applied.err
        assert full.instead("apply", "topics", "check").code == 0
        for service in ("worker", "custodian", "ledger", "administrator"):
            done = full.call(service, "--until-idle")
            assert done.code == 0, (service, done.err)

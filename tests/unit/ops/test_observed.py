"""Prometheus asks where the roles answer; its rules and Grafana's boards name what there is.

``promtool`` runs the cases of the rules (``make check``); here it is held that every rule has one.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from hub.console.routes import pages
from hub.runtime.metrics import Metrics
from tests.unit.ops.composed import PROFILES, ROOT, Service, hub_services_beside

if TYPE_CHECKING:
    from pathlib import Path

    from prometheus_client.metrics_core import Metric

_PROMETHEUS = ROOT / "ops/prometheus"
_BOARDS = sorted((ROOT / "ops/grafana/dashboards").glob("*.json"))
_METRIC = re.compile(r"\bhub_[a-z_]+")
_ENDS = {
    "counter": ("_total",),
    "gauge": ("",),
    "histogram": ("_bucket", "_sum", "_count"),
    "info": ("_info",),
    "summary": ("_sum", "_count"),
}


def _read(path: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((_PROMETHEUS / path).read_text(encoding="utf-8"))
    return found


def _rules() -> list[dict[str, Any]]:
    config = _read("prometheus.yml")
    groups = [group for file in config["rule_files"] for group in _read(file)["groups"]]
    return [rule for group in groups for rule in group["rules"]]


def _names(metrics: list[Metric]) -> set[str]:
    """Give every name under which Prometheus keeps these metrics."""
    return {metric.name + end for metric in metrics for end in _ENDS[metric.type]}


def _asked() -> dict[str, int]:
    """Give the port at which Prometheus asks each role's container, by the name it asks for."""
    places = [
        place
        for job in _read("prometheus.yml")["scrape_configs"]
        for place in job["dns_sd_configs"]
    ]
    assert {place["type"] for place in places} == {"A"}
    return {name: place["port"] for place in places for name in place["names"]}


def _called(name: str, service: Service) -> list[str]:
    """Give the names under which a container is found in its network."""
    aliases: list[str] = service.get("networks", {}).get("default", {}).get("aliases", [])
    return [name, *aliases]


@pytest.mark.parametrize("profile", PROFILES)
def test_prometheus_asks_every_role_where_it_answers(profile: str) -> None:
    """At its name and port; the role listens to more than itself, and the health check asks too."""
    asked = _asked()
    services = hub_services_beside(profile)
    found = {n: s for n, s in services.items() if s["command"][0] == "run"}
    for name, service in found.items():
        port = int(service["environment"]["HUB_METRICS_PORT"])
        assert service["environment"]["HUB_METRICS_HOST"] == "0.0.0.0"  # noqa: S104 -- in its network
        assert [asked[each] for each in _called(name, service) if each in asked] == [port], name
        assert f"http://127.0.0.1:{port}/metrics" in service["healthcheck"]["test"][-1]
    assert set(asked) <= {each for n, s in found.items() for each in _called(n, s)}


def test_every_rule_is_one_that_prometheus_can_use() -> None:
    """A name of its own, a severity, and words in two languages that say what to do."""
    rules = _rules()
    assert len({rule["alert"] for rule in rules}) == len(rules) > 0
    for rule in rules:
        assert rule["labels"]["severity"] in {"warning", "critical"}
        assert " / " in rule["annotations"]["summary"]


def test_every_alert_names_its_promise_its_section_and_its_page() -> None:
    """A section of the runbook that says the same, and a page of the console that somebody may open."""
    runbook = (ROOT / "docs/runbook.md").read_text(encoding="utf-8")
    paths = {path for _, method, path, _ in pages() if method == "GET"}
    for rule in _rules():
        told = rule["annotations"]
        assert told["runbook"] == f"docs/runbook.md#{rule['alert'].lower()}"
        opening = f"### {rule['alert']}\n\nPromise {told['promise']}, page `{told['console']}`. "
        assert opening in runbook, rule["alert"]
        assert told["promise"] in "1234567"
        assert told["console"] in paths


def test_every_alert_has_a_case_in_which_it_speaks_and_one_in_which_it_is_silent() -> None:
    """A moment asks for all that fire, so a rule left out of it is held to be silent there."""
    alerts = {rule["alert"] for rule in _rules()}
    files = [path.name for path in _PROMETHEUS.glob("*_test.yml")]
    cases = [case for file in files for case in _read(file)["tests"]]
    moments = [moment for case in cases for moment in case["promql_expr_test"]]
    assert {m["expr"] for m in moments} == {'count(ALERTS{alertstate="firing"}) by (alertname)'}
    labels = [{sample["labels"] for sample in m["exp_samples"]} for m in moments]
    for alert in alerts:
        speaks = [f'{{alertname="{alert}"}}' in firing for firing in labels]
        assert True in speaks, alert
        assert False in speaks, alert


def test_every_metric_that_is_asked_for_is_there() -> None:
    """In rules and boards: the hub's by its registry, a job by the configuration's name for it."""
    jobs = {job["job_name"] for job in _read("prometheus.yml")["scrape_configs"]}
    known = _names(list(Metrics().registry.collect()))
    asked = [rule["expr"] for rule in _rules()]
    asked += [t["expr"] for board in _BOARDS for p in _panels(board) for t in p["targets"]]
    assert len(asked) > 8
    for expression in asked:
        jobs_named = set(re.findall(r'job="([^"]*)"', expression))
        assert jobs_named <= jobs, expression
        assert set(_METRIC.findall(expression)) <= known, expression
        assert jobs_named or _METRIC.search(expression), expression


def _panels(board: Path) -> list[dict[str, Any]]:
    panels: list[dict[str, Any]] = json.loads(board.read_text(encoding="utf-8"))["panels"]
    return panels


def test_every_board_asks_a_source_that_is_provided() -> None:
    """And stands in the folder that Grafana is told to look in."""
    provisioning = ROOT / "ops/grafana/provisioning"
    sources = yaml.safe_load((provisioning / "datasources/prometheus.yml").read_text("utf-8"))
    known = {source["uid"] for source in sources["datasources"]}
    used = {panel["datasource"]["uid"] for board in _BOARDS for panel in _panels(board)}
    assert used == known
    (provider,) = yaml.safe_load((provisioning / "dashboards/hub.yml").read_text("utf-8"))[
        "providers"
    ]
    assert provider["options"]["path"] == "/var/lib/grafana/dashboards"

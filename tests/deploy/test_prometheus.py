"""
Alert rules and the board: valid, tested by promtool, and about metrics that a real worker has.
"""

import asyncio
import json
import re
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from httpx import AsyncClient
from ruamel.yaml import YAML

from benchmarks.api import running_process
from runtime.ports import LOOPBACK, free_port
from tests.complaint import a_complaint
from tests.deploy.conftest import DEPLOY, tool
from tests.readiness import until_answered

RULES = DEPLOY / "prometheus"
BOARD = DEPLOY / "grafana" / "escalations.json"
_NAME = re.compile(r"\b(?:escalation|temporal)_[a-z_]+\b")


def test_the_rules_do_what_their_tests_say() -> None:
    promtool = tool("promtool", "prometheus")
    for words in (("check", "config", "prometheus.yaml"), ("test", "rules", "alerts_test.yaml")):
        done = subprocess.run([promtool, *words], cwd=RULES, capture_output=True, text=True, check=False)
        assert 0 == done.returncode, done.stdout + done.stderr


def test_each_alert_is_tested() -> None:
    names = set(re.findall(r"- alert: (\w+)", (RULES / "alerts.yaml").read_text()))
    assert names == set(re.findall(r"alertname: (\w+)", (RULES / "alerts_test.yaml").read_text()))


async def test_prometheus_finds_what_rules_and_board_ask_for(tmp_path: Path) -> None:
    """
    A real Prometheus scrapes a real worker on which something happened, and evaluates every rule.
    """
    metrics, gateway = free_port(), free_port()
    settings = {
        "ESCALATION_STATE_FOLDER": str(tmp_path / "state"),
        "ESCALATION_SERVER_PORT": "0",
        "ESCALATION_UI_PORT": "0",
        "ESCALATION_GATEWAY_PORT": str(gateway),
        "ESCALATION_METRICS_ADDRESS": f"{LOOPBACK}:{metrics}",
    }
    async with (
        running_process(settings, "-m", "entrypoints.cli.program", "serve"),
        AsyncClient(base_url=f"http://{LOOPBACK}:{gateway}", headers={"X-Escalation-As": "maya"}) as service,
        prometheus(tmp_path, metrics) as prom,
    ):
        await until_answered(service, "/readyz")
        complaint = {name: value for name, value in a_complaint().items() if name != "submitted_by"}
        assert 201 == (await service.post("/api/v1/escalations", json=complaint)).status_code
        moves = "/api/v1/escalations/ACME/4711/moves"
        assert 200 == (await service.post(f"{moves}/add_comment", json={"note": "On the road"})).status_code
        assert 409 == (await service.post(f"{moves}/resume", json={})).status_code
        assert not await missing(prom, within=60)
        rules = (await prom.get("/api/v1/rules")).json()["data"]["groups"][0]["rules"]
        assert {"ok"} == {rule["health"] for rule in rules}, [rule.get("lastError") for rule in rules]


SELDOM = {
    "escalation_breaches_total",  # nothing is late yet
    "escalation_breach_delivery_seconds_bucket",
    "escalation_breach_delivery_seconds_count",
    "escalation_record_failures_total",
    "escalation_expires_timestamp_seconds",
}
"""Metrics that begin with the first time that something goes wrong, or with the first key."""


async def missing(prom: AsyncClient, within: float) -> set[str]:
    """Return what alerts and panels name and no worker has, at last."""
    ends = asyncio.get_running_loop().time() + within
    while True:
        found = set((await prom.get("/api/v1/label/__name__/values")).json()["data"])
        lacking = asked_for() - SELDOM - found
        if not lacking or asyncio.get_running_loop().time() > ends:
            return lacking
        await asyncio.sleep(0.5)


def asked_for() -> set[str]:
    """Return the metrics that alerts and panels name."""
    rules = YAML(typ="safe").load(RULES / "alerts.yaml")["groups"][0]["rules"]
    in_rules = [rule["expr"] for rule in rules]
    panels = json.loads(BOARD.read_text())["panels"]
    queries = [target["expr"] for panel in panels for target in panel["targets"]]
    return set(_NAME.findall("\n".join([*in_rules, *queries])))


@asynccontextmanager
async def prometheus(folder: Path, metrics: int) -> AsyncIterator[AsyncClient]:
    """Run Prometheus with the rules as they are shipped, and the port of this worker."""
    config = (RULES / "prometheus.yaml").read_text().replace(":9464", f":{metrics}").replace("15s", "1s")
    (folder / "prometheus.yaml").write_text(config.replace("alerts.yaml", str(RULES / "alerts.yaml")))
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        tool("prometheus", "prometheus"),
        f"--config.file={folder / 'prometheus.yaml'}",
        f"--storage.tsdb.path={folder / 'tsdb'}",
        f"--web.listen-address={LOOPBACK}:{port}",
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with AsyncClient(base_url=f"http://{LOOPBACK}:{port}") as prom:
            await until_answered(prom, "/-/ready")
            yield prom
    finally:
        process.terminate()
        await process.wait()

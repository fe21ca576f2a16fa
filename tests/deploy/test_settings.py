"""Settings that are shipped, read as a process reads them."""

import re

from ruamel.yaml import YAML

from runtime.settings import Settings
from tests.deploy.conftest import DEPLOY

_SETTING = re.compile(r"\b(ESCALATION_[A-Z_]+)=([^\s\"']+)")


def test_what_the_compose_file_sets_is_allowed() -> None:
    services = YAML(typ="safe").load(DEPLOY / "compose.yaml")["services"]
    ours = {name: each for name, each in services.items() if each.get("image") == "escalation-engine"}
    assert {"setup", "worker-1", "worker-2", "web"} == set(ours)
    for service in ours.values():
        Settings.load({name: str(value) for name, value in service["environment"].items()})


def test_what_the_units_set_is_allowed() -> None:
    for unit in (DEPLOY / "systemd").glob("*.service"):
        settings = dict(_SETTING.findall(unit.read_text().replace("%i", "1")))
        assert settings, unit
        Settings.load(settings)

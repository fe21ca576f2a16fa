"""
Units for one machine, as systemd reads them; the commands that they run are those of this checkout.
"""

import subprocess
from pathlib import Path

from runtime.settings import ROOT
from tests.deploy.conftest import DEPLOY, tool


def test_systemd_takes_each_unit(tmp_path: Path) -> None:
    systemd = tool("systemd-analyze", "systemd")
    for unit in (DEPLOY / "systemd").iterdir():
        text = unit.read_text().replace("/opt/escalation-engine", str(ROOT))
        (tmp_path / unit.name.replace("@.", "@1.")).write_text(text)  # an instance of a template
    units = [str(unit) for unit in tmp_path.iterdir()]
    done = subprocess.run([systemd, "verify", *units], capture_output=True, text=True, check=False)
    assert (0, "") == (done.returncode, done.stdout + done.stderr)

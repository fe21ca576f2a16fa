"""
Faults that the configured playbook finds in a start that is refused already, so that all are reported (START-6).

The workers' playbook decides; this one only spares a second round. Where it cannot be read, nothing is added.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from escalation.kernel.refusals import BadRequest, Fault
from planning.plan.start_faults import start_faults_of
from planning.playbook.loader import load_playbook
from runtime.errors import SettingsFault
from runtime.settings import Settings


def find_playbook_faults(written: Mapping[str, Any]) -> Sequence[Fault]:
    try:
        return start_faults_of(load_playbook(Settings.load().playbook), written)
    except (BadRequest, SettingsFault):
        return ()

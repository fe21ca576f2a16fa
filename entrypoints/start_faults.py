"""
What the configured playbook has against a start that is refused already, so that all of it is told at once (START-6).

The workers' playbook decides; this one only spares a second round. Where it cannot be read, nothing is added.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from escalation.errors import BadRequest, Fault


def of_the_playbook(written: Mapping[str, Any]) -> Sequence[Fault]:
    from planning.playbook import load_playbook
    from planning.start_faults import faults_in_start
    from runtime.errors import SettingsFault
    from runtime.settings import Settings

    try:
        return faults_in_start(load_playbook(Settings.load().playbook), written)
    except (BadRequest, SettingsFault):
        return ()

"""
When a run goes on as a new one: its history is long, or workers of another build are current (ADR 23).

Knows neither what is carried over, nor which builds there are. Where workers are not versioned, no other is current.
"""

from collections.abc import Mapping
from typing import Any, NoReturn

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.workflow import ContinueAsNewVersioningBehavior

from workflows.inputs import takes_one

CHECK_BUILD = "check_build"
"""The signal's name on the wire."""


def is_due(continue_after: int | None = None) -> bool:
    """*continue_after*: how many events are long; without it, the server says so."""
    info = workflow.info()
    length = info.get_current_history_length()
    is_long = length > continue_after if continue_after else info.is_continue_as_new_suggested()
    return is_long or is_outdated()


def is_outdated() -> bool:
    """As of the run's latest step, whose event in the history says it: a replay finds the same."""
    return workflow.info().is_target_worker_deployment_version_changed()


def continue_as_new(carried: Any, memo: Mapping[str, Any] | None = None) -> NoReturn:
    """The new run begins on the build that is current then, and stays there."""
    workflow.continue_as_new(
        carried, memo=memo, initial_versioning_behavior=ContinueAsNewVersioningBehavior.AUTO_UPGRADE
    )


class ContinuableWorkflow:
    """What takes the operator's word that it should look."""

    @workflow.signal(
        name=CHECK_BUILD, description="Go on with the build that is current. Sent by the operator."
    )
    @takes_one
    def look(self, *_raws: RawValue) -> None:
        """To have come is enough: it makes a step of the run, and with a step the server says what is current."""

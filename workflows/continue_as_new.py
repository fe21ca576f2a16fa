"""
Rules for when a run continues as a new one: its history is long, or workers of another build are current (ADR 23).

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
    """Return whether to continue: after *continue_after* events, or, without it, when the server says so."""
    info = workflow.info()
    length = info.get_current_history_length()
    is_long = length > continue_after if continue_after else info.is_continue_as_new_suggested()
    return is_long or is_outdated()


def is_outdated() -> bool:
    """Return whether another build is current. The history says so in its latest step: a replay finds it too."""
    return workflow.info().is_target_worker_deployment_version_changed()


def continue_as_new(carried: Any, memo: Mapping[str, Any] | None = None) -> NoReturn:
    """End this run, and begin a new one with *carried* on the build that is current then; it stays there."""
    workflow.continue_as_new(
        carried, memo=memo, initial_versioning_behavior=ContinueAsNewVersioningBehavior.AUTO_UPGRADE
    )


class ContinuableWorkflow:
    """Base of the workflows that the operator can ask to check the current build."""

    @workflow.signal(
        name=CHECK_BUILD, description="Go on with the build that is current. Sent by the operator."
    )
    @takes_one
    def look(self, *_raws: RawValue) -> None:
        """Take a step, and nothing else: with each step the server says which build is current."""

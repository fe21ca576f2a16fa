"""
Base class of every part of a playbook file, and the lists of names that many parts have.
"""

from collections import Counter
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, ConfigDict

from escalation.kernel.values import Input, Name


class Spec(Input):
    """A part of a playbook file, as it is written there."""

    model_config = ConfigDict(use_attribute_docstrings=True)


def one_or_several(kind: Any) -> BeforeValidator:
    """Accept one *kind* alone where a list of them belongs."""
    return BeforeValidator(_as_list, json_schema_input_type=kind | list[kind])


def require_distinct(names: tuple[str, ...]) -> tuple[str, ...]:
    """
    Raises:
        ValueError: If a name is given twice.
    """
    twice = sorted(name for name, times in Counter(names).items() if times > 1)
    if twice:
        raise ValueError(f"each once; given twice: {', '.join(twice)}")
    return names


def _as_list(given: Any) -> Any:
    return [given] if isinstance(given, str | dict) else given


Names = Annotated[tuple[Name, ...], one_or_several(Name), AfterValidator(require_distinct)]

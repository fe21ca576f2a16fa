"""
What every part of a playbook file is made of. What the parts are is in ``schema.py`` and ``rota_spec.py``.
"""

from pydantic import ConfigDict

from escalation.base import Input


class Spec(Input):
    """A part of a playbook file."""

    model_config = ConfigDict(use_attribute_docstrings=True)

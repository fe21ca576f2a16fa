"""
The environment, as settings are read from it.

Owns how a variable becomes a text. It must not know which variables there are.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, EnvSettingsSource

from runtime.named_settings import variable


class EnvironmentSource(EnvSettingsSource):
    """
    Variables as they stand: white space around them is nothing, and none is read as JSON. Those of *named* fields have
    a name behind that of the field.
    """

    def __init__(
        self, settings_cls: type[BaseSettings], environ: Mapping[str, str], named: Iterable[str]
    ) -> None:
        super().__init__(settings_cls)
        values = {name.lower(): value.strip() for name, value in sorted(environ.items()) if value.strip()}
        nameless = {variable(field).lower() for field in named}
        self.env_vars = {name: value for name, value in values.items() if name not in nameless}

    def decode_complex_value(self, field_name: str, field: FieldInfo, value: Any) -> Any:  # noqa: ARG002
        """Return *value*, a text. Each type of ours says how it is read."""
        return value

"""
Settings of what is stored: where the record is, and what is encrypted by which keys.

A part of all settings (`runtime/settings.py`), which reads them.
"""

from typing import Annotated

from pydantic import Field
from pydantic.types import PathType
from pydantic_settings import BaseSettings, SettingsConfigDict

from runtime.named_settings import PREFIX
from runtime.setting_types import Folder, Origins, StoreUrl
from runtime.signing_keys import RingKeys


class StoredDataSettings(BaseSettings):
    """Everything that is set of stored data."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="_",
        env_nested_max_split=1,
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
    )

    records_url: StoreUrl | None = Field(
        None,
        description="sqlite:////PATH/TO/FILE or postgresql://USER:PASSWORD@HOST:PORT/DATABASE; unset: a file in the "
        "state folder",
    )

    encryption_keys: RingKeys | None = Field(
        None,
        description="keys that encrypt what Temporal stores, as `escalate keys generate` prints them, parted by "
        "spaces: the first of a kind encrypts, all read; the same for all processes; unset: nothing is encrypted",
    )
    encryption_keys_file: Annotated[Folder, PathType("file")] | None = Field(
        None, description="the path of a file that has these keys instead; it is read again when it changes"
    )

    data_keys_url: StoreUrl | None = Field(
        None,
        description="the store of data keys: sqlite:////PATH/TO/FILE or postgresql://USER:PASSWORD@HOST:PORT/DATABASE, "
        "apart from the record and from backups: each case is encrypted by a key of its own then, and can be erased; "
        "the same for all processes; unset: all is encrypted by the keys above",
    )

    codec_origins: Origins = Field(
        (),
        description="the Temporal Web UI, by origins such as https://temporal.example.com: it may decode; unset: none",
    )

    records_encrypted: bool = Field(
        False, description="on: texts and addresses in the record are encrypted, too; off: they are readable"
    )

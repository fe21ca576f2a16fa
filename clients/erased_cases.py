"""
Erased cases: what the store of data keys knows of a case that is not there any more.

It must not know what was erased.
"""

import asyncio

from temporalio.client import Client

from encryption.errors import EncryptionFault, KeyErased
from encryption.payload_codec import EncryptionCodec
from escalation.kernel.ids import data_scope_of


async def erasure_of(client: Client, key: str) -> KeyErased | None:
    """Return when and by whom the case of *key* was erased; None, if it was not, or nobody here knows."""
    codec = client.data_converter.payload_codec
    if not isinstance(codec, EncryptionCodec) or codec.data_keys is None:
        return None
    try:
        return await asyncio.to_thread(codec.data_keys.erasure_of, data_scope_of(key))
    except EncryptionFault:
        return None

"""
Repeats: a request that is sent again with the same `Idempotency-Key` is followed once, and answered as the first was.

The id of what is asked is made of the key, the caller and the whole request, so that one key never stands for two
different requests. Nothing is kept here: the escalation itself knows the ids that it has followed.
"""

from hashlib import sha256
from typing import Annotated

from fastapi import Header
from pydantic import BaseModel

from entrypoints.web.api.api_visit import Visit

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        description="Any text that this request alone has: its repeats are then harmless.",
        examples=["8e03978e-40d5-43dd-bc93-6894a57f9324"],
    ),
]


def repeat_id(visit: Visit, key: str | None, asked: str, body: BaseModel) -> str | None:
    """Return the id under which *asked*, with *body*, is followed once; None without a key."""
    if key is None:
        return None
    whole = "\n".join((visit.caller.key_id or "", visit.person, key, asked, body.model_dump_json()))
    return sha256(whole.encode()).hexdigest()[:32]

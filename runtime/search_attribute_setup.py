"""
Search attributes on a cluster: registered once, harmless when repeated.

Owns the conversation with the operator service. It must not know which attributes there are: callers bring the keys.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.client import Client
from temporalio.common import SearchAttributeIndexedValueType, SearchAttributeKey
from temporalio.service import RPCError, RPCStatusCode

from runtime.errors import SearchAttributesFault

AttributeKeys = Sequence[SearchAttributeKey[Any]]

_CALL = timedelta(seconds=5)
_NOT_OURS_TO_ADD = {
    RPCStatusCode.PERMISSION_DENIED,
    RPCStatusCode.UNAUTHENTICATED,
    RPCStatusCode.UNIMPLEMENTED,
}


@dataclass(frozen=True)
class RegistrationResult:
    """Result of `ensure_search_attributes`: names added now, and names that were there."""

    added: tuple[str, ...]
    present: tuple[str, ...]


async def ensure_search_attributes(
    client: Client, keys: AttributeKeys, *, usable_within: timedelta = timedelta(seconds=20)
) -> RegistrationResult:
    """
    Register those of *keys* that the client's namespace lacks, and return when all can be used.

    Raises:
        SearchAttributesFault: If one exists with another type (then none was added), if this client may not add
            them (the message has the commands for somebody who may), or if they are not usable in time.
    """
    missing = await _missing(client, keys)
    if missing:
        await _add(client, missing)
        await _until_usable(client, missing, usable_within)
    added = tuple(key.name for key in missing)
    return RegistrationResult(added, tuple(key.name for key in keys if key.name not in added))


def type_name(key: SearchAttributeKey[Any]) -> str:
    """Name the key's type as Temporal's tools write it, such as `KeywordList`."""
    return _type_name(key.indexed_value_type)


def _type_name(kind: int) -> str:
    return SearchAttributeIndexedValueType(kind).name.title().replace("_", "")


def _wire_type(key: SearchAttributeKey[Any]) -> IndexedValueType.ValueType:
    return cast("IndexedValueType.ValueType", int(key.indexed_value_type))


async def _missing(client: Client, keys: AttributeKeys) -> AttributeKeys:
    request = ListSearchAttributesRequest(namespace=client.namespace)
    try:
        answer = await client.operator_service.list_search_attributes(request, timeout=_CALL)
    except RPCError as error:
        raise _by_hand(client, keys, f"cannot be looked up ({_reason(error)})") from error
    there = answer.custom_attributes
    conflicts = [
        f"search attribute {key.name} must be of type {type_name(key)}, but is {_type_name(there[key.name])}"
        for key in keys
        if key.name in there and int(there[key.name]) != int(key.indexed_value_type)
    ]
    if conflicts:
        remedy = f"namespace {client.namespace}: remove or rename these, or use another namespace"
        raise SearchAttributesFault("\n".join([*conflicts, remedy]))
    return [key for key in keys if key.name not in there]


async def _add(client: Client, missing: AttributeKeys) -> None:
    request = AddSearchAttributesRequest(
        namespace=client.namespace,
        search_attributes={key.name: _wire_type(key) for key in missing},
    )
    try:
        await client.operator_service.add_search_attributes(request, timeout=_CALL)
    except RPCError as error:
        if error.status is RPCStatusCode.ALREADY_EXISTS:  # another worker, starting at the same time
            return
        if error.status in _NOT_OURS_TO_ADD:
            raise _by_hand(client, missing, f"cannot be added by this client ({_reason(error)})") from error
        raise SearchAttributesFault(
            f"search attributes {_names(missing)} could not be added: {_reason(error)}"
        ) from error


async def _until_usable(client: Client, keys: AttributeKeys, within: timedelta) -> None:
    # Other nodes learn of them from a cache. A query that names all of them is refused until they have.
    query = " AND ".join(f"{key.name} IS NULL" for key in keys)
    deadline = asyncio.get_running_loop().time() + within.total_seconds()
    while True:
        try:
            await client.count_workflows(query, rpc_timeout=_CALL)
            return
        except RPCError as error:
            if asyncio.get_running_loop().time() > deadline:
                raise SearchAttributesFault(
                    f"search attributes {_names(keys)} were added, but are not usable yet: {_reason(error)}"
                ) from error
        await asyncio.sleep(0.1)


def _by_hand(client: Client, keys: AttributeKeys, obstacle: str) -> SearchAttributesFault:
    commands = "".join(
        "\n  temporal operator search-attribute create "
        f"--namespace {client.namespace} --name {key.name} --type {type_name(key)}"
        for key in keys
    )
    return SearchAttributesFault(
        f"search attributes {_names(keys)} {obstacle}; have an operator create them "
        f"(Temporal Cloud: in the namespace's settings, or with tcld):{commands}"
    )


def _names(keys: AttributeKeys) -> str:
    return ", ".join(key.name for key in keys)


def _reason(error: RPCError) -> str:
    return error.message.strip() or error.status.name.lower().replace("_", " ")

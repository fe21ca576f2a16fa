"""Search attributes are registered once, on any cluster, and what hinders is said."""

import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from temporalio.client import Client
from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes

from runtime.embedded import EmbeddedServer
from runtime.errors import SearchAttributesFault
from runtime.search_attribute_setup import ensure_search_attributes, type_name
from tests.runtime.refusing_server import refusing_server
from workflows import search_attributes


async def test_missing_ones_are_added_and_at_once_usable(server: EmbeddedServer) -> None:
    """
    A workflow can be started with them as soon as it returns; a repetition changes nothing.
    """
    client = await Client.connect(server.address)
    names = tuple(key.name for key in search_attributes.ALL)

    first = await ensure_search_attributes(client, search_attributes.ALL)
    await _start_with_all(client)
    second = await ensure_search_attributes(client, search_attributes.ALL)

    assert (names, ()) == (first.added, first.present)
    assert ((), names) == (second.added, second.present)


async def test_another_type_is_refused_and_nothing_added(server: EmbeddedServer) -> None:
    """
    Somebody else's attribute of the same name is not overwritten.
    """
    client = await Client.connect(server.address)
    await ensure_search_attributes(client, [SearchAttributeKey.for_keyword("Taken")])
    wanted: list[SearchAttributeKey[Any]] = [
        SearchAttributeKey.for_datetime("Taken"),
        SearchAttributeKey.for_float("NotYet"),
    ]

    with pytest.raises(SearchAttributesFault, match="Taken must be of type Datetime, but is Keyword"):
        await ensure_search_attributes(client, wanted)

    assert ("NotYet",) == (await ensure_search_attributes(client, wanted[1:])).added


@pytest.mark.parametrize(
    ("after", "obstacle"), [(1, "cannot be looked up"), (2, "cannot be added by this client")]
)
async def test_cluster_that_refuses_is_told_with_the_commands_to_run(after: int, obstacle: str) -> None:
    """
    Temporal Cloud keeps this to operators: they get lines to paste.
    """
    async with refusing_server(7, "operators only", after=after) as address:
        client = await Client.connect(address, namespace="desk.acct")
        with pytest.raises(SearchAttributesFault) as caught:
            await ensure_search_attributes(client, [search_attributes.CUSTOMER, search_attributes.NEXT_DUE])

    first, *commands = str(caught.value).splitlines()
    create = "  temporal operator search-attribute create --namespace desk.acct --name"
    assert first.startswith(
        f"search attributes EscalationCustomer, EscalationNextDue {obstacle} (operators only); "
        "have an operator create them"
    )
    assert [
        f"{create} EscalationCustomer --type KeywordList",
        f"{create} EscalationNextDue --type Datetime",
    ] == commands


async def test_no_column_left_is_told(server: EmbeddedServer) -> None:
    """
    Self-hosted clusters have three of most types, and others use them too.
    """
    client = await Client.connect(server.address)
    too_many = [SearchAttributeKey.for_float(f"Figure{number}") for number in range(4)]

    with pytest.raises(SearchAttributesFault, match=r"Figure2, Figure3 could not be added: .+"):
        await ensure_search_attributes(client, too_many)


@pytest.mark.parametrize(
    ("key", "name"),
    [
        (SearchAttributeKey.for_keyword("k"), "Keyword"),
        (SearchAttributeKey.for_keyword_list("k"), "KeywordList"),
        (SearchAttributeKey.for_int("k"), "Int"),
        (SearchAttributeKey.for_bool("k"), "Bool"),
        (SearchAttributeKey.for_datetime("k"), "Datetime"),
    ],
)
def test_types_are_named_as_the_tools_write_them(key: SearchAttributeKey[Any], name: str) -> None:
    """
    On the server's command line and in messages.
    """
    assert name == type_name(key)


async def _start_with_all(client: Client) -> None:
    values = {
        "EscalationState": "open",
        "EscalationLevel": 1,
        "EscalationPriority": "P1",
        "EscalationCategory": "complaint",
        "EscalationCustomer": ["acme"],
        "EscalationOwner": "ann",
        "EscalationNextDue": datetime(2026, 1, 1, tzinfo=UTC),
        "EscalationNextDueOf": "acknowledge",
        "EscalationBreached": False,
        "EscalationActions": 2,
        "EscalationUndelivered": 1,
        "EscalationWaitsFor": ["ann", "bob"],
        "EscalationParticipants": ["ann", "desk"],
    }
    pairs = [SearchAttributePair(key, values[key.name]) for key in search_attributes.ALL]
    await client.start_workflow(
        "Anything", id=str(uuid.uuid4()), task_queue="none", search_attributes=TypedSearchAttributes(pairs)
    )

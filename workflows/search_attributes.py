"""
The search attributes of an escalation: what the Web UI's list and `escalate list` find it by.

Owns names and types, which are API. It must not know how they are registered
(`runtime.search_attribute_setup`) nor when they are set. Self-hosted clusters have few columns of each type (10
keywords, 3 of each other): these take 4, 3 of the integers, and 1 of each other. Values are never encrypted, so none
holds a customer's words.
"""

from typing import Any

from temporalio.common import SearchAttributeKey

STATE = SearchAttributeKey.for_keyword("EscalationState")
LEVEL = SearchAttributeKey.for_int("EscalationLevel")
PRIORITY = SearchAttributeKey.for_keyword("EscalationPriority")
CATEGORY = SearchAttributeKey.for_keyword("EscalationCategory")
CUSTOMER = SearchAttributeKey.for_keyword_list("EscalationCustomer")
OWNER = SearchAttributeKey.for_keyword("EscalationOwner")
NEXT_DUE = SearchAttributeKey.for_datetime("EscalationNextDue")
BREACHED = SearchAttributeKey.for_bool("EscalationBreached")
ACTIONS = SearchAttributeKey.for_int("EscalationActions")
"""How many actions are still to be done; none of it while there are none."""
UNDELIVERED = SearchAttributeKey.for_int("EscalationUndelivered")
"""How many people have missed something that could not be delivered; none of it while nobody has."""

ALL: tuple[SearchAttributeKey[Any], ...] = (
    STATE,
    LEVEL,
    PRIORITY,
    CATEGORY,
    CUSTOMER,
    OWNER,
    NEXT_DUE,
    BREACHED,
    ACTIONS,
    UNDELIVERED,
)

"""
Search attributes of an escalation, by which the Web UI's list and `escalate list` find it.

Owns names and types, which are API. It must not know how they are registered
(`runtime.search_attribute_setup`) nor when they are set. Self-hosted clusters have few columns of each type (10
keywords, 3 of each other): these take 5, 3 of the integers, 3 of the lists of keywords, and 1 of each other. Temporal
never encrypts values, so none holds a customer's words. Names of people and accounts are hidden, where payloads are
encrypted (ADR 40).
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
NEXT_DUE_OF = SearchAttributeKey.for_keyword("EscalationNextDueOf")
"""The clock that is due next, or `finish_action`."""
BREACHED = SearchAttributeKey.for_bool("EscalationBreached")
ACTIONS = SearchAttributeKey.for_int("EscalationActions")
"""Number of actions that are still to be done; absent while there are none."""
UNDELIVERED = SearchAttributeKey.for_int("EscalationUndelivered")
"""Number of people who missed something that could not be delivered; absent while there are none."""
WAITS_FOR = SearchAttributeKey.for_keyword_list("EscalationWaitsFor")
"""People who are asked for a move now; absent while nobody is."""
PARTICIPANTS = SearchAttributeKey.for_keyword_list("EscalationParticipants")
"""People, teams and rotas who have, or had, a part: by these the web service knows who may look (IDENTITY-4)."""

ALL: tuple[SearchAttributeKey[Any], ...] = (
    STATE,
    LEVEL,
    PRIORITY,
    CATEGORY,
    CUSTOMER,
    OWNER,
    NEXT_DUE,
    NEXT_DUE_OF,
    BREACHED,
    ACTIONS,
    UNDELIVERED,
    WAITS_FOR,
    PARTICIPANTS,
)

HIDDEN: tuple[SearchAttributeKey[Any], ...] = (CUSTOMER, OWNER, WAITS_FOR, PARTICIPANTS)
"""Search attributes that name people and accounts."""

"""Options of a start that say more than one field: customers with contacts, tiers, evidence."""

import os
import re
from collections.abc import Mapping
from typing import Any

from entrypoints.cli.command_names import name_options, read_options
from entrypoints.cli.option_values import bad_option
from entrypoints.cli.options import YOU_IN_ENVIRONMENT
from entrypoints.files import read_model
from entrypoints.playbook_faults import find_playbook_faults
from escalation.case.request import StartRequest
from escalation.kernel.refusals import quote_input


def request_fields(typed: Mapping[str, Any]) -> dict[str, Any]:
    """
    Return the fields that options were typed for.

    Raises:
        BadRequest: If a tier is given for nobody.
    """
    given = dict(typed)
    tiers, customers = given.pop("tier") or [], given["customers"] or []
    given["customers"] = _customers(customers, _tiers(tiers, bool(customers))) or None
    given["evidence"] = [_evidence(each) for each in given["evidence"] or ()] or None
    return {name: value for name, value in given.items() if value is not None}


def read_request(file: str | None, options: dict[str, Any]) -> StartRequest:
    you = os.environ.get(YOU_IN_ENVIRONMENT)
    otherwise = {"submitted_by": you} if you else {}
    if file:
        with name_options(options):
            return read_model(
                file,
                StartRequest,
                "the start",
                options=options,
                otherwise=otherwise,
                more=find_playbook_faults,
            )
    return read_options(StartRequest, "the start", {**otherwise, **options}, more=find_playbook_faults)


_CONTACT = ("name", "email", "language", "time_zone")


def _customers(options: list[str], tiers: Mapping[str, str]) -> list[dict[str, Any]]:
    """Accounts with their contacts: of ``ACME:Jo Buyer:jo@acme.example:tr:Europe/Istanbul``."""
    accounts: dict[str, list[dict[str, str]]] = {}
    for option in options:
        account, *parts = option.split(":", len(_CONTACT))
        said = dict(zip(_CONTACT, parts, strict=False))
        contact = {"name": "", "email": "", **{name: text for name, text in said.items() if text}}
        accounts.setdefault(account, []).append(contact)
    return [
        {"account": account, "contacts": contacts, **_tier_of(account, tiers)}
        for account, contacts in accounts.items()
    ]


def _tier_of(account: str, tiers: Mapping[str, str]) -> dict[str, str]:
    tier = tiers.get(account, tiers.get(""))
    return {} if tier is None else {"tier": tier}


def _tiers(options: list[str], has_customers: bool) -> dict[str, str]:
    """
    Tiers by account; that of all under no name.

    Raises:
        BadRequest: If nobody is there to have one: customers of a file have theirs there.
    """
    if options and not has_customers:
        raise bad_option("--tier", quote_input(options[0]), "a tier of accounts given by --customer")
    parted = (option.rpartition("=") for option in options)
    return {account: tier for account, _, tier in parted}


_ADDED = re.compile(r";\s*(?P<name>on|outcome)\s+(?P<value>[^;]+)$", re.IGNORECASE)


def _evidence(text: str) -> dict[str, str]:
    """``call: Promised a call back; on 2026-11-16``, or ``attempt: Restarted it; outcome failed``"""
    added: dict[str, str] = {}
    while said := _ADDED.search(text):
        added[said["name"].lower()] = said["value"].strip()
        text = text[: said.start()]
    kind, _, what = (part.strip() for part in text.partition(":"))
    return {"kind": kind, "what": what, **added}

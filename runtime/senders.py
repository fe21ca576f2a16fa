"""
Senders: the systems that may start escalations by webhook, read from the environment, and what each of them may.

Owns the names of the variables and the form of what they hold. It must not know how a start is checked against them.

    ESCALATION_INTAKE_NAME_SECRET      what the sender NAME signs with; while it is changed, the new and the old
    ESCALATION_INTAKE_NAME_TENANTS     tenants whose subjects it may start: ACME,BOLT
    ESCALATION_INTAKE_NAME_SUBMITTERS  in whose name; left out: anybody's, and so for the others
    ESCALATION_INTAKE_NAME_PRIORITIES  P3,P4
    ESCALATION_INTAKE_NAME_CATEGORIES  complaint,billing
    ESCALATION_INTAKE_NAME_ACCOUNTS    accounts that may be affected

Whoever signs with ``ESCALATION_INTAKE_SECRET`` is bound to nothing. Secrets are in no fault, and no repr.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import chain

from pydantic import BaseModel, ConfigDict, Field, SecretBytes, SecretStr

from runtime.endpoints import KUBERNETES, PREFIX
from runtime.signing_keys import parse_webhook_keys

BOUNDS = {
    "tenants": "tenants, with commas between, such as ACME,BOLT",
    "submitters": "ids of people of the playbook, with commas between",
    "priorities": "some of P1, P2, P3, P4, with commas between",
    "categories": "categories of the playbook, with commas between",
    "accounts": "accounts, with commas between",
}
"""What a sender can be bound to, and what the variable must be. Tenants are a must."""
SIGNED_BY = "whsec_ and the base64 of 24 to 64 bytes, two while one replaces the other, with a space between"
_FORMS = {"tenants": re.compile(r"[A-Za-z0-9][\w.-]*"), "priorities": re.compile("P[1-4]")}
_PLAIN = f"{PREFIX}INTAKE_SECRET"
_PARTS = "|".join(("SECRET", *map(str.upper, BOUNDS)))
_VARIABLE = re.compile(rf"{PREFIX}INTAKE_(?P<name>[A-Z][A-Z0-9_]*?)_(?P<part>{_PARTS})")


class Sender(BaseModel):
    """One system that starts escalations. A bound that is empty binds to nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    name: str = ""
    """In small letters; empty: whoever has the secret that is bound to nothing."""
    keys: tuple[SecretBytes, ...] = Field(repr=False)
    tenants: tuple[str, ...] = ()
    submitters: tuple[str, ...] = ()
    priorities: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()


def unbound_sender(secret: SecretStr) -> Sender:
    """Whoever signs with the one plain *secret*."""
    return Sender(keys=tuple(map(SecretBytes, parse_webhook_keys(secret))))


def read_senders(environ: Mapping[str, str]) -> tuple[tuple[Sender, ...], tuple[str, ...]]:
    """All senders with bounds in *environ*, and what is wrong with them: a line for each fault, without secrets."""
    given = {name: value.strip() for name, value in environ.items() if value.strip()}
    names = sorted({found["name"] for each in given if (found := _VARIABLE.fullmatch(each))})
    senders, faults = list[Sender](), list(_unknown(given))
    for name in names:
        found_here = list(_faults(given, name))
        if not found_here:
            senders.append(_sender(given, name))
        faults += found_here
    return tuple(senders), (*faults, *_shared_secrets(senders, given.get(_PLAIN, "")))


def variable_of(name: str, part: str) -> str:
    return f"{PREFIX}INTAKE_{name}_{part}".upper()


def _unknown(given: Mapping[str, str]) -> Iterator[str]:
    """A bound with a slip in its name would bind nothing."""
    for variable in sorted(given):
        if not variable.startswith(f"{PREFIX}INTAKE_") or variable == _PLAIN or _VARIABLE.fullmatch(variable):
            continue
        if not KUBERNETES.fullmatch(variable.removeprefix(f"{PREFIX}INTAKE_")):
            parts = ", ".join(("SECRET", *map(str.upper, BOUNDS)))
            yield f"{variable} is no setting; allowed: {PREFIX}INTAKE_NAME_ and one of {parts}"


def _faults(given: Mapping[str, str], name: str) -> Iterator[str]:
    secret, tenants = variable_of(name, "secret"), variable_of(name, "tenants")
    if secret not in given:
        yield f"{secret} is not set; allowed: {SIGNED_BY}, since the sender is bound to something"
    elif not _is_secret(given[secret]):
        yield f"{secret} is ***; allowed: {SIGNED_BY}"
    if tenants not in given:
        yield f"{tenants} is not set; allowed: {BOUNDS['tenants']}, since {secret} is set"
    for part, allowed in BOUNDS.items():
        values, form = _values(given, name, part), _FORMS.get(part)
        is_set = variable_of(name, part) in given
        if is_set and (not values or (form and not all(map(form.fullmatch, values)))):
            yield f"{variable_of(name, part)} is {given[variable_of(name, part)]!r}; allowed: {allowed}"


def _sender(given: Mapping[str, str], name: str) -> Sender:
    keys = parse_webhook_keys(SecretStr(given[variable_of(name, "secret")]))
    bounds = {part: _values(given, name, part) for part in BOUNDS}
    return Sender(name=name.lower(), keys=tuple(map(SecretBytes, keys)), **bounds)


def _values(given: Mapping[str, str], name: str, part: str) -> tuple[str, ...]:
    written = given.get(variable_of(name, part), "")
    return tuple(value for each in written.split(",") if (value := each.strip()))


def _is_secret(written: str) -> bool:
    try:
        return bool(parse_webhook_keys(SecretStr(written)))
    except ValueError:
        return False


def _shared_secrets(senders: list[Sender], plain: str) -> Iterator[str]:
    """One secret for two senders would make the one's bounds the other's."""
    unbound = unbound_sender(SecretStr(plain)).keys if _is_secret(plain) else ()
    keys = [key.get_secret_value() for key in chain(unbound, *(sender.keys for sender in senders))]
    if len(set(keys)) < len(keys):
        yield f"{PREFIX}INTAKE_…SECRET: one secret is given to two senders; allowed: a secret of its own for each"

"""
Conflicts between settings, each of which is good alone: judged by what was given, so that they are listed beside the
faults of single variables, not after those are fixed.

Owns these rules. It must not know how a variable is read.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import chain, combinations
from typing import Any

from pydantic import SecretStr

from runtime.named_settings import PREFIX, variable
from runtime.setting_types import OFF, Access, SmtpTls, is_this_machine
from runtime.signing_keys import parse_keys


def conflicts_between(given: Mapping[str, Any], defaults: Mapping[str, object]) -> Iterator[str]:
    """Return what is wrong between the variables that were *given*, by their fields."""

    def value(field: str) -> str:
        return str(given.get(field, defaults[field])).lower()

    if ("smtp_user" in given) != ("smtp_password" in given):
        yield f"{variable('smtp_user')} and {variable('smtp_password')}: one is set; allowed: both or neither"
    if "smtp_user" in given and value("smtp_tls") == SmtpTls.NONE and not is_this_machine(value("smtp_host")):
        yield f"{variable('smtp_tls')} is 'none', and a password must not travel in the clear; allowed: starttls or tls"
    if {"encryption_keys", "encryption_keys_file"} <= given.keys():
        yield f"{variable('encryption_keys')} and {variable('encryption_keys_file')} are both set; allowed: one of them"
    if "records_encrypted" in given and not {"encryption_keys", "encryption_keys_file"} & given.keys():
        allowed = f"allowed: with {variable('encryption_keys')}"
        yield f"{variable('records_encrypted')} is set, and there are no keys; {allowed}"
    if "data_keys_url" in given and not {"encryption_keys", "encryption_keys_file"} & given.keys():
        allowed = f"allowed: with {variable('encryption_keys')}"
        yield f"{variable('data_keys_url')} is set, and there are no keys that wrap data keys; {allowed}"
    yield from _faults_of_sign_in(given)
    for one, other in combinations(("server_port", "ui_port", "gateway_port"), 2):
        if value(one) == value(other) not in {"0", OFF}:
            ports = f"{variable(one)} and {variable(other)}"
            yield f"{ports} are both {value(one)!r}; allowed: two different values"
    secrets = [v for name, v in given.get("intake", {}).items() if name.rpartition("_")[2] == "secret"]
    keys = chain.from_iterable(parse_keys(SecretStr(secret)) for secret in secrets)
    if max(Counter(keys).values(), default=0) > 1:
        # One secret for two senders would make the bounds of the one those of the other.
        yield f"{PREFIX}INTAKE_…SECRET: one secret is given to two senders; allowed: a secret of its own for each"


def _faults_of_sign_in(given: Mapping[str, Any]) -> Iterator[str]:
    is_signed_in = str(given.get("access", "")).lower() == Access.SIGNED_IN
    for one, other in (("oidc_issuer", "oidc_client_id"), ("proxy_header", "proxy_networks")):
        if (one in given) != (other in given):
            yield f"{variable(one)} and {variable(other)}: one is set; allowed: both or neither"
        elif one in given and not is_signed_in:
            yield f"{variable(one)} is set, and nobody signs in; allowed: {variable('access')}=signed_in with it"
    if "oidc_issuer" in given and "gateway_url" not in given:
        yield f"{variable('gateway_url')} is not set; allowed: where people reach the web service, to sign in"

"""Senders: who may start by webhook, and for whom, as the environment says it."""

import pytest

from runtime.errors import SettingsFault
from runtime.settings import Settings

SECRET, OTHER = "whsec_" + "A" * 32, "whsec_" + "B" * 32
A = "ESCALATION_INTAKE_HELP_DESK_"


def test_a_sender_is_bound_to_what_its_variables_say() -> None:
    """A field that is left out binds to nothing; the plain secret is bound to nothing at all."""
    settings = Settings.load(
        {
            "ESCALATION_INTAKE_SECRET": OTHER,
            f"{A}SECRET": SECRET,
            f"{A}TENANTS": "ACME, BOLT",
            f"{A}ACCOUNTS": "Acme Ltd,Bolt",
            "ESCALATION_INTAKE_SERVICE_HOST": "10.0.0.1",
        }
    )

    unbound, desk = settings.senders
    assert ("", (), ()) == (unbound.name, unbound.tenants, unbound.accounts)
    assert ("help_desk", ("ACME", "BOLT"), ("Acme Ltd", "Bolt")) == (desk.name, desk.tenants, desk.accounts)
    assert () == desk.submitters == desk.priorities == desk.categories
    assert "AAAA" not in repr(settings)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({f"{A}SECRET": SECRET}, f"{A}TENANTS is not set; allowed: tenants"),
        ({f"{A}TENANTS": "ACME"}, f"{A}SECRET is not set"),
        ({f"{A}SECRET": "short", f"{A}TENANTS": "ACME"}, f"{A}SECRET is \\*\\*\\*; allowed: whsec_"),
        ({f"{A}SECRET": SECRET, f"{A}TENANTS": "*"}, f"{A}TENANTS is '\\*'; allowed"),
        ({f"{A}SECRET": SECRET, f"{A}TENANTS": ","}, f"{A}TENANTS is ','; allowed"),
        (
            {f"{A}SECRET": SECRET, f"{A}TENANTS": "A", f"{A}PRIORITIES": "P5"},
            f"{A}PRIORITIES is 'P5'; allowed",
        ),
        ({f"{A}SECRET": SECRET, f"{A}TENANTS": "A", f"{A}PRIORITY": "P4"}, f"{A}PRIORITY is no setting"),
        (
            {f"{A}SECRET": SECRET, f"{A}TENANTS": "A", "ESCALATION_INTAKE_SECRET": SECRET},
            "given to two senders",
        ),
        ({f"{A}SECRET": f"{SECRET} {SECRET}", f"{A}TENANTS": "A"}, "given to two senders"),
    ],
)
def test_a_slip_is_told_and_binds_nobody_to_too_little(given: dict[str, str], said: str) -> None:
    """
    A bound that was misspelled would silently be none.
    """
    with pytest.raises(SettingsFault, match=said) as fault:
        Settings.load(given)
    assert "AAAA" not in str(fault.value)

"""Targets of channels come from the environment, by name, and are secrets."""

import base64

import pytest
from pydantic import SecretStr

from runtime.errors import SettingsFault
from runtime.named_settings import SIGNED_WITH, WEB_ADDRESS, endpoint_variables
from runtime.settings import Settings

KEY, OLD_KEY = b"k" * 24, b"o" * 64
SECRET = "sekret-7f3a"


def whsec(key: bytes) -> str:
    return f"whsec_{base64.b64encode(key).decode()}"


def test_each_variable_sets_up_its_target() -> None:
    """
    COMM-11: `slack:support_alerts` names the setting ESCALATION_SLACK_SUPPORT_ALERTS.
    """
    settings = Settings.load(
        {
            "ESCALATION_SLACK_SUPPORT_ALERTS": " https://hooks.slack.example/T/B/x ",
            "ESCALATION_TEAMS_DESK": "https://teams.example/?sig=1",
            "ESCALATION_APPRISE_ONCALL_SMS": "twilio://a:b@+15551234567/+15557654321",
            "ESCALATION_WEBHOOK_CRM_URL": "http://127.0.0.1:8080/hook",
            "ESCALATION_WEBHOOK_CRM_SECRET": f"{whsec(KEY)}  {whsec(OLD_KEY)}",
            "ESCALATION_WEBHOOK_MY_URL_URL": "https://example.com",  # a target called my_url
            "ESCALATION_WEBHOOK_MY_URL_SECRET": whsec(KEY),
        }
    )

    assert {"support_alerts": SecretStr("https://hooks.slack.example/T/B/x")} == settings.slack
    assert (("desk",), ("oncall_sms",)) == (
        settings.endpoint_names("teams"),
        settings.endpoint_names("apprise"),
    )
    assert ("crm", "my_url") == settings.endpoint_names("webhook")
    assert (whsec(KEY), whsec(OLD_KEY)) == settings.webhook["crm"].keys
    assert () == settings.endpoint_names("email")


def test_what_would_set_a_target_up_is_known() -> None:
    """
    COMM-13: a missing target is named by its variables.
    """
    assert "ESCALATION_TEAMS_DESK" == endpoint_variables("teams", "desk")
    assert "ESCALATION_WEBHOOK_CRM_URL and ESCALATION_WEBHOOK_CRM_SECRET" == endpoint_variables(
        "webhook", "crm"
    )


def test_what_kubernetes_sets_is_no_target() -> None:
    """
    A service called `escalation-slack` puts these into every container beside it.
    """
    theirs = {
        "ESCALATION_SLACK_SERVICE_HOST": "10.0.0.1",
        "ESCALATION_SLACK_SERVICE_PORT_HTTP": "80",
        "ESCALATION_SLACK_PORT": "tcp://10.0.0.1:80",
        "ESCALATION_SLACK_PORT_80_TCP_ADDR": "10.0.0.1",
        "ESCALATION_WEBHOOK_PORT": "tcp://10.0.0.1:80",
        "ESCALATION_SLACK_": "https://example.com",
        "ESCALATION_TEAMS_EMPTY": " ",
    }

    assert Settings.load({}) == Settings.load(theirs)


@pytest.mark.parametrize(
    "url",
    [
        f"ftp://{SECRET}/",
        f"https:///{SECRET}",
        f"http://{SECRET}.example/",  # in the clear, to another machine
        f"https://user:{SECRET}@example.com/",
        f"https://example.com/#{SECRET}",
        f"https://example.com/{SECRET} x",
        f"https://example.com:99999/{SECRET}",
        f"https://[::1/{SECRET}",
        SECRET,
    ],
)
def test_malformed_address_is_found_at_the_start_and_not_shown(url: str) -> None:
    """
    COMM-11: the variable and what is allowed, not what was given.
    """
    with pytest.raises(SettingsFault) as caught:
        Settings.load({"ESCALATION_SLACK_SUPPORT": url})

    assert (f"ESCALATION_SLACK_SUPPORT is ***; allowed: {WEB_ADDRESS}",) == caught.value.faults


@pytest.mark.parametrize(
    "secret",
    [
        SECRET,
        base64.b64encode(KEY).decode(),  # without its prefix
        "whsec_",
        f"whsec_{SECRET}",
        "whsec_ü",
        whsec(b"k" * 23),  # too short to be worth it
        whsec(b"k" * 65),
        f"{whsec(KEY)} {SECRET}",
    ],
)
def test_malformed_secret_is_found_at_the_start_and_not_shown(secret: str) -> None:
    """
    COMM-11: nothing is signed with what anybody could guess.
    """
    with pytest.raises(SettingsFault) as caught:
        Settings.load(
            {
                "ESCALATION_WEBHOOK_CRM_URL": "https://example.com/",
                "ESCALATION_WEBHOOK_CRM_SECRET": secret,
            }
        )

    assert (f"ESCALATION_WEBHOOK_CRM_SECRET is ***; allowed: {SIGNED_WITH}",) == caught.value.faults


def test_half_a_webhook_is_a_fault() -> None:
    """
    COMM-11: URL and secret go together; faults of all settings are listed at once.
    """
    with pytest.raises(SettingsFault) as caught:
        Settings.load(
            {
                "ESCALATION_WEBHOOK_A_URL": "https://example.com/",
                "ESCALATION_WEBHOOK_B_SECRET": whsec(KEY),
                "ESCALATION_PRIVATE_NETWORKS": "10.0.0.0/99",
            }
        )

    assert [
        "ESCALATION_PRIVATE_NETWORKS",
        "ESCALATION_WEBHOOK_A_SECRET",
        "ESCALATION_WEBHOOK_B_URL",
    ] == [fault.split()[0] for fault in caught.value.faults]


def test_targets_are_never_shown() -> None:
    """
    COMM-11: neither in the settings' text nor in their JSON.
    """
    settings = Settings.load(
        {
            "ESCALATION_SLACK_SUPPORT": f"https://example.com/{SECRET}",
            "ESCALATION_WEBHOOK_CRM_URL": f"https://example.com/{SECRET}",
            "ESCALATION_WEBHOOK_CRM_SECRET": whsec(KEY),
        }
    )

    shown = f"{settings!r} {settings} {settings.model_dump_json()}"
    assert SECRET not in shown
    assert "kkkk" not in shown

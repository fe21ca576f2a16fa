"""Settings come from the environment, and are checked as a whole."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from escalation.policy.preferences import Limit
from runtime.errors import SettingsFault
from runtime.log_setup import logging_runtime
from runtime.setting_types import LogFormat, SmtpTls
from runtime.settings import ROOT, Settings


@pytest.mark.parametrize("name", ["ESCALATION_PLAYBOOK", "ESCALATION_TEMPLATES", "ESCALATION_STATE_FOLDER"])
def test_a_path_that_is_too_long_is_refused_as_a_setting(name: str) -> None:
    """
    START-6: with the variable's name, and what it must be.
    """
    with pytest.raises(SettingsFault, match=name):
        Settings.load({name: "x" * 5000})


def test_nothing_set_gives_defaults_that_work_at_once() -> None:
    """
    A fresh machine needs no settings.
    """
    settings = Settings.load({})

    assert "escalation-engine" == settings.state_folder.name
    assert ROOT / "playbooks" / "reference.yaml" == settings.playbook
    assert (7233, 8233) == (settings.server_port, settings.ui_port)
    assert settings.smtp_host is None


def test_each_variable_sets_its_field() -> None:
    """
    A field is set by the variable of its name; choices are read in any case.
    """
    settings = Settings.load(
        {
            "ESCALATION_STATE_FOLDER": "~/here",
            "ESCALATION_SERVER_PORT": "0",
            "ESCALATION_SMTP_HOST": " mail.example.com ",
            "ESCALATION_SMTP_TLS": "TLS",
            "ESCALATION_LOG_FORMAT": "json",
        }
    )

    assert Path.home() / "here" == settings.state_folder
    assert 0 == settings.server_port
    assert ("mail.example.com", SmtpTls.TLS) == (settings.smtp_host, settings.smtp_tls)
    assert LogFormat.JSON is settings.log_format


@pytest.mark.parametrize(("tls", "port"), [("none", 25), ("starttls", 587), ("tls", 465)])
def test_mail_port_follows_its_protection(tls: str, port: int) -> None:
    """
    The port that goes with the protection, unless one is named.
    """
    assert port == Settings.load({"ESCALATION_SMTP_TLS": tls}).smtp_port
    assert 2525 == Settings.load({"ESCALATION_SMTP_TLS": tls, "ESCALATION_SMTP_PORT": "2525"}).smtp_port


def test_empty_and_foreign_variables_are_left_alone() -> None:
    """
    Compose files pass empty variables; Kubernetes sets ESCALATION_SERVICE_HOST beside a service of that name.
    """
    environ = {"ESCALATION_SERVER_PORT": "", "ESCALATION_SERVICE_HOST": "10.0.0.1", "PATH": "/bin"}

    assert Settings.load({}) == Settings.load(environ)


def test_one_error_lists_every_fault() -> None:
    """
    The variable, what was given, what is allowed; faults between variables too.
    """
    with pytest.raises(SettingsFault) as caught:
        Settings.load(
            {
                "ESCALATION_SERVER_PORT": "70000",
                "ESCALATION_UI_PORT": "http",
                "ESCALATION_SMTP_TLS": "ssl",
                "ESCALATION_SMTP_SENDER": "Desk <desk@example.com>",
                "ESCALATION_SMTP_USER": "desk",
                "ESCALATION_MAX_CACHED_WORKFLOWS": "-1",
                "ESCALATION_BUILD": "20 November",
            }
        )

    assert (
        "ESCALATION_SERVER_PORT is '70000'; allowed: a port, 0 to 65535; 0 picks a free one",
        "ESCALATION_UI_PORT is 'http'; allowed: a port, 0 to 65535; 0 picks a free one",
        "ESCALATION_MAX_CACHED_WORKFLOWS is '-1'; allowed: a whole number, 0 to 1000000",
        (
            "ESCALATION_BUILD is '20 November'; allowed: letters, digits and _ . + -, such as an image's tag; unset: "
            "workers are not versioned"
        ),
        "ESCALATION_SMTP_TLS is 'ssl'; allowed: one of none, starttls, tls",
        "ESCALATION_SMTP_SENDER is 'Desk <desk@example.com>'; allowed: an e-mail address in ASCII, name@host",
        "ESCALATION_SMTP_USER and ESCALATION_SMTP_PASSWORD: one is set; allowed: both or neither",
    ) == caught.value.faults
    assert "\n".join(caught.value.faults) == str(caught.value)


LOGIN_IN_THE_CLEAR = {
    "ESCALATION_SMTP_USER": "robot",
    "ESCALATION_SMTP_PASSWORD": "s3cret",
    "ESCALATION_SMTP_TLS": "none",
}


def test_a_password_does_not_travel_in_the_clear() -> None:
    """COMM-11: without encryption a login is for this machine alone; the message shows no password."""
    with pytest.raises(SettingsFault, match="must not travel in the clear") as caught:
        Settings.load(LOGIN_IN_THE_CLEAR | {"ESCALATION_SMTP_HOST": "mail.example.com"})

    assert "s3cret" not in str(caught.value)
    for host in ("127.0.0.1", "localhost"):
        assert Settings.load(LOGIN_IN_THE_CLEAR | {"ESCALATION_SMTP_HOST": host}).smtp_host == host


def test_a_playbook_or_templates_that_are_not_there_are_told_with_the_rest(tmp_path: Path) -> None:
    """
    Before anything starts: the playbook is a file, the templates are a folder.
    """
    with pytest.raises(SettingsFault) as caught:
        Settings.load(
            {
                "ESCALATION_PLAYBOOK": str(tmp_path),
                "ESCALATION_TEMPLATES": "nofolder",
                "ESCALATION_LINK_DAYS": "0",
            }
        )

    assert (
        f"ESCALATION_PLAYBOOK is {str(tmp_path)!r}; allowed: the path of a playbook (YAML) that exists",
        "ESCALATION_TEMPLATES is 'nofolder'; allowed: a folder that exists, of templates that go before those shipped",
        "ESCALATION_LINK_DAYS is '0'; allowed: days that a link can be used, 1 to 365",
    ) == caught.value.faults


def test_a_worker_with_a_wrong_setting_ends_as_bad_input() -> None:
    """
    One line and exit status 2, as from `escalate`.
    """
    worker = subprocess.run(
        [sys.executable, "worker.py"],
        cwd=ROOT,
        env=os.environ | {"ESCALATION_TEMPLATES": "nofolder"},
        capture_output=True,
        check=False,
        timeout=30,
    )

    assert 2 == worker.returncode
    assert worker.stderr.startswith(b"ESCALATION_TEMPLATES is 'nofolder'; allowed: ")


def test_one_port_for_server_and_web_ui_is_refused_unless_picked() -> None:
    """
    0 picks two different ports; any other number can be taken once only.
    """
    assert 0 == Settings.load({"ESCALATION_SERVER_PORT": "0", "ESCALATION_UI_PORT": "0"}).ui_port
    with pytest.raises(SettingsFault, match="are both '8233'"):
        Settings.load({"ESCALATION_SERVER_PORT": "8233"})


def test_secrets_are_never_shown() -> None:
    """
    Neither in the settings' text nor in their JSON.
    """
    settings = Settings.load({"ESCALATION_SMTP_USER": "desk", "ESCALATION_SMTP_PASSWORD": "hunter2"})

    assert "hunter2" not in f"{settings!r} {settings} {settings.model_dump_json()}"
    assert settings.smtp_password is not None
    assert "hunter2" == settings.smtp_password.get_secret_value()


@pytest.mark.parametrize("url", ["mysql://us:s3cret@db/records", "s3cret"])
def test_a_record_store_of_no_use_is_refused_without_its_password(url: str) -> None:
    """
    RECORD-1: a URL holds a password, so what was given is not repeated.
    """
    with pytest.raises(SettingsFault, match=r"ESCALATION_RECORDS_URL is \*\*\*; allowed: sqlite:") as refused:
        Settings.load({"ESCALATION_RECORDS_URL": url})

    assert "s3cret" not in str(refused.value)


def test_a_record_store_is_never_shown() -> None:
    """
    RECORD-1: nor in logs, which print settings.
    """
    settings = Settings.load({"ESCALATION_RECORDS_URL": "postgresql://us:s3cret@db/records"})

    assert "s3cret" not in f"{settings!r} {settings} {settings.model_dump_json()}"


def test_a_channel_may_have_a_limit() -> None:
    """
    COMM-12: as playbooks say it; the others have none.
    """
    settings = Settings.load({"ESCALATION_LIMIT_SLACK": "1/s", "ESCALATION_LIMIT_EMAIL": " 100 per 1 min "})

    assert {
        "email": Limit(at_most=100, within=timedelta(minutes=1)),
        "slack": Limit(at_most=1, within=timedelta(seconds=1)),
    } == settings.channel_limits
    assert {} == Settings.load({}).channel_limits


def test_limits_that_are_none_are_listed_together() -> None:
    """
    One error: the variable, what was given, what is allowed.
    """
    allowed = "allowed: a number (1 to 200) and a time, such as 5 per 10 min, 20 per 1 h or 50 per 1 day; "

    with pytest.raises(SettingsFault) as caught:
        Settings.load({"ESCALATION_LIMIT_APPRISE": "0 per 1 min", "ESCALATION_LIMIT_TEAMS": "quickly"})

    teams, apprise = caught.value.faults
    assert teams.startswith(f"ESCALATION_LIMIT_TEAMS is 'quickly'; {allowed}")
    assert apprise.startswith(f"ESCALATION_LIMIT_APPRISE is '0 per 1 min'; {allowed}")


@pytest.mark.parametrize("given", ["9464", "localhost:9464", "127.0.0.1", "127.0.0.1:9464/metrics"])
@pytest.mark.parametrize("what", ["metrics_address", "health_address"])
def test_metrics_and_health_are_served_at_an_address_and_a_port(what: str, given: str) -> None:
    variable = f"ESCALATION_{what.upper()}"
    with pytest.raises(SettingsFault, match=variable):
        Settings.load({variable: given})
    assert "[::1]:9464" == getattr(Settings.load({variable: "[::1]:9464"}), what)


def test_an_address_that_metrics_cannot_be_served_at_is_a_wrong_setting() -> None:
    with pytest.raises(SettingsFault, match=r"ESCALATION_METRICS_ADDRESS is 127\.0\.0\.1:99999, where"):
        logging_runtime("127.0.0.1:99999")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"PROXY_HEADER": "X-Email"}, "PROXY_HEADER and ESCALATION_PROXY_NETWORKS: one is set"),
        ({"OIDC_ISSUER": "https://id.example"}, "OIDC_ISSUER and ESCALATION_OIDC_CLIENT_ID: one is set"),
        ({"OIDC_ISSUER": "https://id.example", "OIDC_CLIENT_ID": "x"}, "and nobody signs in"),
        (
            {"OIDC_ISSUER": "https://id.example", "OIDC_CLIENT_ID": "x", "ACCESS": "signed_in"},
            "ESCALATION_GATEWAY_URL is not set",
        ),
        ({"ACCESS": "closed"}, "ESCALATION_ACCESS is 'closed'; allowed: open"),
        ({"PROOF_KEYS": "main:private:c2hvcnQ="}, r"ESCALATION_PROOF_KEYS is \*\*\*; allowed: keys"),
        ({"PROOF_KEYS": "main"}, r"ESCALATION_PROOF_KEYS is \*\*\*; allowed: keys"),
    ],
)
def test_a_sign_in_is_set_up_whole(given: dict[str, str], says: str) -> None:
    """
    IDENTITY-1: half of it would leave a door open, or lock everybody out.
    """
    with pytest.raises(SettingsFault, match=says) as refused:
        Settings.load({f"ESCALATION_{name}": value for name, value in given.items()})
    assert "c2hvcnQ" not in str(refused.value)


def test_a_key_for_proofs_is_kept_where_people_sign_in(tmp_path: Path) -> None:
    """
    IDENTITY-3: one machine needs no key of its own; where nobody signs in, there is none.
    """
    where = {"ESCALATION_STATE_FOLDER": str(tmp_path)}
    signed_in = Settings.load({**where, "ESCALATION_ACCESS": "signed_in"})

    assert () == Settings.load(where).written_proof_keys
    (kept,) = signed_in.written_proof_keys
    assert kept.startswith("here:private:")
    assert (kept,) == signed_in.written_proof_keys
    assert 0o600 == (tmp_path / "proof.key").stat().st_mode & 0o777

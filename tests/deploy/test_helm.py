"""
The chart for Kubernetes: rendered by Helm itself, held against the schemas of Kubernetes, and about settings that
exist. No cluster is asked.
"""

import importlib
from collections.abc import Iterator
from typing import Any

import pytest
from ruamel.yaml import YAML

from runtime.named_settings import variable
from runtime.setting_types import DEPLOYMENT
from runtime.settings import ROOT, SINGLE_VARIABLES, Settings
from tests.deploy.conftest import DEPLOY

CHART = DEPLOY / "helm" / "escalation-engine"
GIVEN: dict[str, Any] = {"temporal": {"address": "temporal:7233"}, "secret": "escalation"}
"""The least that must be given."""
CONTROLLER = {"build": "2026-12-01", "workerController": {"enabled": True}}
SCALED = {"worker": {"autoscaling": {"enabled": True}}}
SECRETS = {
    "ESCALATION_RECORDS_URL": "postgresql://escalation:x@db/escalation",
    "ESCALATION_LINK_KEY": "x" * 40,
    "ESCALATION_PROOF_KEYS": f"one:private:{'A' * 43}=",
    "ESCALATION_OIDC_CLIENT_SECRET": "x",
}
VALUES: dict[str, dict[str, Any]] = {
    "the least": {},
    "scaled": SCALED,
    "builds by the controller": CONTROLLER | SCALED | {"build": "1"},
    "all": {
        "build": "2026-12-01",
        "imagePullSecrets": [{"name": "registry"}],
        "files": {"configMap": "playbook", "playbook": "reference.yaml"},
        "extraVolumes": [{"name": "tls", "secret": {"secretName": "temporal-tls"}}],
        "extraVolumeMounts": [{"name": "tls", "mountPath": "/etc/temporal", "readOnly": True}],
        "worker": {"nodeSelector": {"disk": "fast"}, "tolerations": [{"operator": "Exists"}]},
        "web": {"nodeSelector": {"disk": "fast"}, "tolerations": [{"operator": "Exists"}]},
        "networkPolicy": {"webFrom": [{"namespaceSelector": {}}], "metricsFrom": [{"podSelector": {}}]},
        "settings": {
            "ESCALATION_GATEWAY_URL": "https://escalations.example.com",
            "ESCALATION_OIDC_ISSUER": "https://id.example.com",
            "ESCALATION_OIDC_CLIENT_ID": "escalations",
            "ESCALATION_SMTP_HOST": "mail.example.com",
            "ESCALATION_SESSION_HOURS": 12,
        },
    },
}


def installed(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError:
        pytest.fail(f"{name} is needed: `make test-deploy` installs requirements-large.lock", pytrace=False)


def rendered(given: dict[str, Any], namespace: str = "support") -> list[dict[str, Any]]:
    """Return what Helm would give to the cluster."""
    chart = installed("helm_python").Chart.load(CHART)
    files = chart.render(GIVEN | given, name="escalation", namespace=namespace)
    texts = (text for path, text in files.items() if path.endswith(".yaml"))
    yaml = YAML(typ="safe")
    return [each for text in texts for each in yaml.load_all(text) if each]


def pods(found: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the name and the specification of each pod."""
    for each in found:
        if each["kind"] in {"Deployment", "Job", "WorkerDeployment"}:
            yield each["metadata"]["name"], each["spec"]["template"]["spec"]


def environment(pod: dict[str, Any]) -> dict[str, str]:
    (container,) = pod["containers"]
    return {each["name"]: each["value"] for each in container["env"]}


@pytest.mark.parametrize("given", VALUES.values(), ids=list(VALUES))
def test_helm_and_kubernetes_take_it(given: dict[str, Any]) -> None:
    """Each object is one of its kind, without a field too much; the controller's own kinds have no schema here."""
    report = installed("helm_python").lint(CHART, GIVEN | given, strict=True)
    assert not [message for message in report["messages"] if message["severity"] > 1]
    assert not report["errors"]

    validate = installed("kubernetes_validate").validate
    for each in rendered(given):
        if each["apiVersion"] != "temporal.io/v1alpha1":
            validate(each, "1.37", strict=True)
            continue
        if template := each["spec"].get("template"):
            pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x"}, "spec": template["spec"]}
            scaler = {"metadata": {"name": "x"}, **template}
            target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "x"}
            is_scaler = "apiVersion" in template
            scaler["spec"] = {**template["spec"], "scaleTargetRef": target}
            validate(scaler if is_scaler else pod, "1.37", strict=True)


@pytest.mark.parametrize("given", VALUES.values(), ids=list(VALUES))
def test_what_the_chart_sets_is_allowed(given: dict[str, Any]) -> None:
    """Each name is a setting, and with what a Secret brings the program reads the environment of each process."""
    known = {variable(field) for field in SINGLE_VARIABLES}
    for name, pod in pods(rendered(given)):
        said = environment(pod)
        assert {each for each in said if each.startswith("ESCALATION_")} <= known, name
        here = {key: value.replace("/etc/escalation", str(ROOT / "playbooks")) for key, value in said.items()}
        assert Settings.load(SECRETS | here).is_signed_in, name
        if name.endswith("-worker"):
            assert "0.0.0.0:9465" == said["ESCALATION_HEALTH_ADDRESS"]


@pytest.mark.parametrize("given", VALUES.values(), ids=list(VALUES))
def test_no_process_has_rights(given: dict[str, Any]) -> None:
    """Not root, no capability, nothing to write to but two empty folders, no token of the cluster."""
    found = dict(pods(rendered(given)))
    assert {"escalation-worker", "escalation-web", "escalation-setup"} == found.keys()
    for pod in found.values():
        (container,) = pod["containers"]
        assert (True, 10001) == (pod["securityContext"]["runAsNonRoot"], pod["securityContext"]["runAsUser"])
        assert "RuntimeDefault" == pod["securityContext"]["seccompProfile"]["type"]
        assert pod["automountServiceAccountToken"] is False
        own = {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert own == container["securityContext"]
        assert "limits" in container["resources"]
        writable = {each["name"] for each in container["volumeMounts"] if not each.get("readOnly")}
        assert {"scratch", "state"} == writable


OF_PROGRAM = [
    variable(name) for name in SINGLE_VARIABLES if "SecretStr" in repr(Settings.model_fields[name].annotation)
]
SECRET = (
    *OF_PROGRAM,
    "ESCALATION_INTAKE_HELPDESK_SECRET",
    "ESCALATION_SLACK_SUPPORT",
    "ESCALATION_WEBHOOK_CRM_URL",
    "TEMPORAL_API_KEY",
    "TEMPORAL_TLS_CLIENT_KEY_DATA",
)


@pytest.mark.parametrize("name", SECRET)
def test_no_value_is_a_secret(name: str) -> None:
    """Values are kept with each release, and in repositories."""
    assert {"ESCALATION_LINK_KEY", "ESCALATION_ENCRYPTION_KEYS"} <= set(OF_PROGRAM)
    helm = installed("helm_python")
    chart = helm.Chart.load(CHART)
    with pytest.raises(helm.HelmValuesError, match=f"invalid propertyName .{name}"):
        chart.validate_schema(GIVEN | {"settings": {name: "x"}})


def test_what_is_no_secret_can_be_given() -> None:
    """Each other setting, and the folders of certificates."""
    chart = installed("helm_python").Chart.load(CHART)
    plain = {
        "ESCALATION_LIMIT_SLACK": "5 per 10 min",
        "TEMPORAL_TLS_CLIENT_KEY_PATH": "/etc/temporal/tls.key",
    }
    chart.validate_schema(GIVEN | {"settings": plain})


@pytest.mark.parametrize(
    "given",
    [
        {"secret": ""},
        {"temporal": {"address": "temporal"}},
        {"worker": {"replica": 3}},
        {"settings": {"PATH": "/"}},
    ],
    ids=str,
)
def test_a_wrong_value_is_refused(given: dict[str, Any]) -> None:
    """Before anything reaches the cluster."""
    helm = installed("helm_python")
    with pytest.raises(helm.HelmValuesError):
        helm.Chart.load(CHART).validate_schema(GIVEN | given)


def test_a_build_has_the_name_that_the_controller_wants() -> None:
    """Temporal knows it as NAMESPACE/NAME, and the build by the same word for both."""
    (worker,) = [each for each in rendered(CONTROLLER) if each["kind"] == "WorkerDeployment"]
    said = environment(worker["spec"]["template"]["spec"])

    name = worker["metadata"]["name"]
    assert f"support/{name}" == Settings.load(SECRETS | said).deployment
    assert said["ESCALATION_BUILD"] == worker["spec"]["workerOptions"]["unsafeCustomBuildID"]
    assert DEPLOYMENT == Settings.load({}).deployment
    with pytest.raises(installed("helm_python").HelmRenderError, match="needs a build"):
        rendered({"workerController": {"enabled": True}})


def test_workers_scale_by_a_metric_that_the_adapter_has() -> None:
    """The adapter asks for metrics of the SDK that the board asks for as well."""
    (scaler,) = [each for each in rendered(SCALED) if each["kind"] == "HorizontalPodAutoscaler"]
    (rule,) = YAML(typ="safe").load(DEPLOY / "helm" / "prometheus-adapter.yaml")["rules"]["external"]
    board = (DEPLOY / "grafana" / "escalations.json").read_text()

    (metric,) = scaler["spec"]["metrics"]
    assert rule["name"]["as"] == metric["external"]["metric"]["name"]
    assert rule["seriesQuery"] in board
    for word in ("temporal_activity_schedule_to_start_latency_seconds_bucket", "escalation-messages"):
        assert word in rule["metricsQuery"]
        assert word in board
    (worker,) = [each for each in rendered(SCALED) if each["metadata"]["name"] == "escalation-worker"][:1]
    assert "replicas" not in worker["spec"], "an upgrade would undo what the autoscaler did"


def test_setup_runs_before_anything_new_does() -> None:
    """As a hook, with a network policy that is there before it."""
    hooks = {
        each["kind"]: each["metadata"]["annotations"]
        for each in rendered({})
        if "helm.sh/hook" in each["metadata"].get("annotations", {})
    }
    assert {"Job", "NetworkPolicy"} == hooks.keys()
    assert {"pre-install,pre-upgrade"} == {each["helm.sh/hook"] for each in hooks.values()}
    assert not [each for each in rendered({"setup": {"enabled": False}}) if each["kind"] == "Job"]

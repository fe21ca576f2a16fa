"""
Start an escalation from another system: one signed POST, the standard library alone.

    ESCALATION_INTAKE_SECRET=whsec_… python examples/start_by_webhook.py http://127.0.0.1:8234/escalations

The signature is that of Standard Webhooks; there are libraries for it in most languages.
"""

import base64
import hashlib
import hmac
import json
import os
import sys
import time
import urllib.error
import urllib.request
import uuid

REQUEST = {
    "key": "ACME/4712",
    "subject": "Checkout is down",
    "issue_type": "customer_service_requests",
    "category": "it_request",
    "priority": "P1",
    "reason": "sla_breach",
    "source": "automatic",
    "channel": "monitoring",
    "submitted_by": "maya",
    "customers": [{"account": "ACME", "contacts": [{"name": "Jo Buyer", "email": "jo.buyer@acme.example"}]}],
    "evidence": [{"kind": "report", "what": "Every payment fails since 09:00 UTC"}],
}


def signed(address: str, secret: str) -> urllib.request.Request:
    """
    Raises:
        ValueError: If that is no URL, or no secret.
    """
    body = json.dumps(REQUEST).encode()
    # Sent again after a failure: the same id, a new time. It is harmless, also without.
    message, sent = f"msg_{uuid.uuid4().hex}", str(int(time.time()))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signature = hmac.new(key, f"{message}.{sent}.".encode() + body, hashlib.sha256).digest()
    headers = {
        "Content-Type": "application/json",
        "webhook-id": message,
        "webhook-timestamp": sent,
        "webhook-signature": f"v1,{base64.b64encode(signature).decode()}",
    }
    return urllib.request.Request(address, body, headers)  # noqa: S310 - an address that you typed


def main() -> int:
    secret = os.environ.get("ESCALATION_INTAKE_SECRET")
    if len(sys.argv) != 2 or not secret:
        print(
            "give the URL to post to, and set ESCALATION_INTAKE_SECRET to the web service's", file=sys.stderr
        )
        return 2
    try:
        request = signed(sys.argv[1], secret)
    except ValueError as fault:
        print(f"the URL or ESCALATION_INTAKE_SECRET is of no use: {fault}", file=sys.stderr)
        return 2
    try:
        with urllib.request.urlopen(request) as answer:  # noqa: S310
            print(answer.status, answer.read().decode())
    except urllib.error.HTTPError as refusal:
        print(refusal.code, refusal.read().decode())
        return 1
    except OSError as gone:
        print(f"{sys.argv[1]} does not answer: {getattr(gone, 'reason', gone)}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

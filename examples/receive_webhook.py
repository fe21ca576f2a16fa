"""
Take signed webhooks: `python examples/receive_webhook.py`, with the secret in WEBHOOK_SECRET (`whsec_…`).

Only the standard library, so that it can be copied. Verify first, then drop what you have had: a letter comes at least
once, under one `webhook-id`.
"""

import base64
import hashlib
import hmac
import json
import os
import sys
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer

TOLERANCE = 300
"""Seconds: older (and later) letters are refused, so that nobody can play one again."""


def is_genuine(secret: str, headers: Mapping[str, str], body: bytes, now: float) -> bool:
    """Say if one of the signatures is that of *secret* over exactly this id, time and body."""
    id_, at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not at.isdigit() or abs(now - int(at)) > TOLERANCE:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.digest(key, f"{id_}.{at}.".encode() + body, hashlib.sha256)).decode()
    given = headers.get("webhook-signature", "").split(" ")
    return any(hmac.compare_digest(f"v1,{expected}".encode(), each.encode()) for each in given)


class Webhook(BaseHTTPRequestHandler):
    """204: taken; also a repeat, which does nothing. 401: not from us, and not tried again."""

    had: set[str] = set()  # keep it where it survives a restart

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        if not is_genuine(os.environ["WEBHOOK_SECRET"], headers, body, time.time()):
            self.send_error(401)
            return
        if headers["webhook-id"] not in self.had:
            letter = json.loads(body)["data"]
            print(letter["escalation"], letter["occasion"], letter["subject"], flush=True)
            self.had.add(headers["webhook-id"])
        self.send_response(204)
        self.end_headers()


if __name__ == "__main__":
    if not os.environ.get("WEBHOOK_SECRET"):
        sys.exit("set WEBHOOK_SECRET to the secret that letters are signed with, whsec_…")
    HTTPServer(("127.0.0.1", int(os.environ.get("PORT", "8080"))), Webhook).serve_forever()

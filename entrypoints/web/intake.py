"""
Intake: escalations that other systems start, by signed webhook (START-1).

Reads, checks the signature, hands over to the client, and words the answer as JSON. Which requests are good is for
the playbook to say.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from client import RunStalled, request_of
from entrypoints.playbook_faults import find_playbook_faults
from entrypoints.web.refusal_audit import entry_of
from entrypoints.web.request_body import read_body
from entrypoints.web.sender_permissions import find_permission_faults
from entrypoints.web.signature_check import NotSigned, sender_of
from entrypoints.web.temporal_client import TemporalClientSource
from escalation.case.request import StartRequest
from escalation.case.view import MoveResult
from escalation.kernel.budgets import REQUEST
from escalation.kernel.reasons import reason
from escalation.kernel.refusals import BadRequest, EscalationError, Fault, RateExceeded, StillFinishing
from escalation.kernel.values import to_plain
from escalation.policy.rates import DELIVERIES, DELIVERIES_OF_KEY, Rates
from identity.actor import DoorName, acting
from identity.audit_trail import AuditTrail
from records.audit_log import AuditKind
from runtime.errors import RuntimeFault
from runtime.named_settings import Sender

RETRY_AFTER = {"Retry-After": "30"}

log = structlog.get_logger("web_service")


class Intake:
    """Believes each of *senders*, within its bounds."""

    def __init__(self, reach: TemporalClientSource, senders: Sequence[Sender], audit: AuditTrail) -> None:
        self._reach = reach
        self._audit = audit
        self._senders = senders
        self._rates = Rates()

    async def start(self, request: Request) -> Response:
        """202 with the receipt, 200 if it was running or delivered already; else what is in the way."""
        if not self._senders:
            raise HTTPException(404)
        body = await read_body(request, "application/json", at_most=REQUEST)
        try:
            sender = sender_of(request.headers, body, self._senders)
            client = await self._reach.client()
            wanted = request_of(_read(body), find_playbook_faults)
            if faults := find_permission_faults(sender, wanted):
                why = f"{sender.name} may not say {', '.join(fault.where for fault in faults)}"
                self._note(request, AuditKind.NOT_ALLOWED, why, by=sender.name)
                return _out_of_bounds(sender, wanted, faults)
            self._count(sender, wanted.key)
            delivery = f"{sender.name}\n{request.headers['webhook-id']}"
            with acting(wanted.submitted_by, DoorName.INTAKE):
                receipt = await client.start_once(wanted, delivery=delivery)
        except NotSigned as unsigned:
            log.warning("intake_not_signed", why=str(unsigned))
            self._note(request, AuditKind.NOT_IDENTIFIED, str(unsigned))
            return refuse(401, "not_signed", str(unsigned))
        except RateExceeded as much:
            log.warning("intake_refused", code=much.code)
            return refuse(429, much.code, much.message, much.faults, headers=RETRY_AFTER)
        except StillFinishing as soon:
            return refuse(503, soon.code, soon.message, headers=RETRY_AFTER)
        except RunStalled as stalled:
            log.warning("intake_unavailable", escalation=stalled.stall.key, why=stalled.code)
            return _unavailable()
        except EscalationError as error:
            log.warning("intake_refused", code=error.code, faults=len(error.faults))
            status = 422 if isinstance(error, BadRequest) else 409
            return refuse(status, error.code, error.message, error.faults)
        except RuntimeFault as away:
            log.warning("intake_unavailable", why=str(away))
            return _unavailable()
        log.info("intake_started", escalation=receipt.key, is_repeat=receipt.is_repeat, sender=sender.name)
        return _receipt(receipt)

    def _note(self, request: Request, kind: AuditKind, why: str, by: str = "") -> None:
        self._audit.note(entry_of(request, kind, DoorName.INTAKE, by=by, why=why))

    def _count(self, sender: Sender, key: str) -> None:
        """
        Raises:
            RateExceeded: If the sender, or the key, has come in too often at this web service.
        """
        now = datetime.now(UTC)
        of_sender, of_key = reason("rate.webhooks", sender.name), reason("rate.webhooks", key)
        after = self._rates.after(f"sender {sender.name}", DELIVERIES, now, of_sender)
        self._rates = after.after(f"key {key}", DELIVERIES_OF_KEY, now, of_key)


def _out_of_bounds(sender: Sender, wanted: StartRequest, faults: Sequence[Fault]) -> Response:
    log.warning("intake_out_of_bounds", sender=sender.name, fields=[fault.where for fault in faults])
    refused = BadRequest.because(reason("of.start_by", wanted.key, sender.name), faults)
    return refuse(403, "out_of_bounds", refused.message, refused.faults)


def _unavailable() -> Response:
    return refuse(503, "unavailable", "escalations cannot be started at the moment", headers=RETRY_AFTER)


def refuse(
    status: int,
    code: str,
    message: str,
    faults: Sequence[Fault] = (),
    headers: dict[str, str] | None = None,
) -> Response:
    """Return a refusal, for programs."""
    answer = {"error": code, "message": message, "faults": [to_plain(fault) for fault in faults]}
    # In ASCII, because faults quote what was sent, which can be what no encoding has.
    return Response(json.dumps(answer), status, headers, media_type="application/json")


def _receipt(receipt: MoveResult) -> Response:
    return JSONResponse(to_plain(receipt), 200 if receipt.is_repeat else 202)


def _read(body: bytes) -> dict[str, Any]:
    """
    Raises:
        BadRequest: If it is no JSON object.
    """
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        fault = Fault(given=f"{len(body):,} bytes", allowed="one JSON object in UTF-8")
        raise BadRequest.because(reason("of.a_start"), (fault,))
    return found

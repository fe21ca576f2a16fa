"""
Proofs: how the service vouches for who acts, and how a worker finds that it did (IDENTITY-3).

A proof is a signed text (JWS, RFC 7515, by Ed25519): which message, to which run, with which arguments, by whom, by
which door, and when. So it is worth nothing for any other message, and for a short time. It travels beside the message
and stays in the history, where it is no secret: it can be used once.

Keys have names. The first one signs, all are believed, so that a key can be replaced while everything runs. Owns keys,
signing and judging. It must not know Temporal, nor what a move means.
"""

import base64
import json
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey

from escalation import contract
from escalation.kernel.proof import Door, Message, Proof, ProofCheck
from escalation.kernel.reasons import Term, reason
from escalation.kernel.refusals import NotProven, RoleNotAllowed
from identity.actor import Acting, DoorName, who_acts
from identity.audit_trail import AuditTrail
from records.audit_log import WORKER, AuditEntry, AuditKind

HOLDS_FOR = timedelta(minutes=5)
CLOCKS_DIFFER_BY = timedelta(minutes=1)
"""The service's may be ahead of the server's."""
_STARTED = frozenset({contract.WORKFLOW, contract.JOINED_CASE_WORKFLOW})
"""Runs that come with a start."""
_ALGORITHMS = ["Ed25519"]


@dataclass(frozen=True)
class ProofKey:
    """A key with its name. A private one signs, and is believed; a public one is believed."""

    name: str
    private: bytes | None
    public: bytes

    @classmethod
    def parse(cls, written: str) -> "ProofKey":
        """Read ``NAME:private:KEY`` or ``NAME:public:KEY``; KEY is the base64 of 32 bytes."""
        name, kind, encoded = written.split(":")
        key = base64.urlsafe_b64decode(encoded.rstrip("=").translate(_URL_SAFE) + "=")
        return cls.of_private(name, key) if kind == "private" else cls(name, None, key)

    @classmethod
    def of_private(cls, name: str, key: bytes) -> "ProofKey":
        public = Ed25519PrivateKey.from_private_bytes(key).public_key()
        return cls(name, key, public.public_bytes_raw())

    def jwk(self) -> OKPKey:
        private = {"d": _encoded(self.private)} if self.private else {}
        return OKPKey.import_key(
            {"kty": "OKP", "crv": "Ed25519", "kid": self.name, "x": _encoded(self.public), **private}
        )


_URL_SAFE = str.maketrans("+/", "-_")


def _encoded(key: bytes) -> str:
    return base64.urlsafe_b64encode(key).decode().rstrip("=")


class ProofRing:
    """
    The keys of one process. *is_required*: nothing is accepted that nobody vouches for. *now*: the time of signing.
    *audit*: where refusals are put on record, by a process that judges.
    """

    def __init__(
        self,
        keys: Sequence[ProofKey] = (),
        *,
        is_required: bool = False,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        audit: AuditTrail | None = None,
    ) -> None:
        self._audit = audit
        self._is_required = is_required
        self._now = now
        self._apart = ThreadPoolExecutor(1, thread_name_prefix="proofs")
        self._names = {key.name for key in keys}
        self._believed = KeySet([key.jwk() for key in keys])
        self._signs = next((key.jwk() for key in keys if key.private), None)

    @classmethod
    def of(cls, written: Sequence[str], *, is_required: bool, audit: AuditTrail | None = None) -> "ProofRing":
        """Return the ring of keys as the settings have them."""
        return cls([ProofKey.parse(each) for each in written], is_required=is_required, audit=audit)

    def sign(self, message: Message) -> Proof | None:
        """
        Return the proof of whoever acts here; None, if nobody does, or there is no key to sign with.

        Raises:
            NotProven: If *message* is somebody else's.
        """
        who = who_acts()
        if who is None or self._signs is None:
            return None
        _require_own(who, message.mover)
        _require_scope(who, message)
        key = str(self._signs.kid)
        claims = {**_claims_of(message), "who": who.person, "door": who.door, "at": self._now().timestamp()}
        token = jws.serialize_compact(
            {"alg": _ALGORITHMS[0], "kid": key}, json.dumps(claims), self._signs, _ALGORITHMS
        )
        return Proof(door=Door(name=who.door, key=key), message=message.id, token=token)

    def new_id(self) -> str:
        """Return an id for a message that has none."""
        return uuid.uuid4().hex

    def judge_apart(self, asked: ProofCheck) -> Door | None:
        """As `judge`, in another thread."""
        return self._apart.submit(self.judge, asked).result()

    def judge(self, asked: ProofCheck) -> Door | None:
        """
        Return the door that a message came in by; None, if nobody vouches for it, and nobody needs to.

        Raises:
            NotProven: If its proof is missing where it is needed, or not good.
        """
        try:
            door = self._judge(asked)
        except NotProven as refused:
            self._note_refusal(asked.message, refused)
            raise
        # The run itself refuses a proof that is used twice: it alone knows, and a replay must find the same.
        if asked.is_used:
            self._note_refusal(asked.message, NotProven(reason("proof_used")))
        return door

    def _note_refusal(self, message: Message, refused: NotProven) -> None:
        if self._audit:
            self._audit.note(_refusal_of(message, refused))

    def _judge(self, asked: ProofCheck) -> Door | None:
        if asked.proof is None:
            if self._is_required:
                raise NotProven(reason("proof_missing"))
            return None
        claims = self._read(asked.proof)
        at = datetime.fromtimestamp(claims["at"], UTC)
        if not asked.at - HOLDS_FOR <= at <= asked.at + CLOCKS_DIFFER_BY:
            raise NotProven(reason("proof_outdated", at))
        if any(claims.get(name) != value for name, value in _claims_of(asked.message).items()):
            raise NotProven(reason("proof_of_another"))
        _require_own(Acting(claims["who"], DoorName(claims["door"])), asked.message.mover)
        return asked.proof.door

    def _read(self, proof: Proof) -> dict[str, Any]:
        if proof.token and proof.door.key not in self._names:
            raise NotProven(reason("proof_key_unknown", proof.door.key))
        try:
            signed = jws.deserialize_compact(proof.token, self._believed, _ALGORITHMS)
        except (JoseError, ValueError):
            raise NotProven(reason("proof_unreadable")) from None
        claims: dict[str, Any] = json.loads(signed.payload)
        # What stands beside the signed text is what runs read of it, and what goes on record.
        if (signed.headers()["kid"], claims["door"]) != (proof.door.key, proof.door.name):
            raise NotProven(reason("proof_of_another"))
        return claims


def _refusal_of(message: Message, refused: NotProven) -> AuditEntry:
    about = f"{message.name} to {message.run}"
    return AuditEntry(AuditKind.NOT_PROVEN, by=message.mover, door=WORKER, about=about, why=str(refused))


def _claims_of(message: Message) -> dict[str, str]:
    """Return what is signed of *message*; its mover is in the arguments, and so in their digest."""
    return {name: value for name, value in asdict(message).items() if name != "mover"}


def _require_scope(who: Acting, message: Message) -> None:
    """
    Raises:
        RoleNotAllowed: If somebody's move is none that their key is for.
    """
    move = contract.START if message.name in _STARTED else message.name
    if message.mover and who.moves and move not in who.moves:
        raise RoleNotAllowed(reason("key_not_for_move", Term("Move", move)))


def _require_own(who: Acting, mover: str) -> None:
    """
    Raises:
        NotProven: If *mover* is somebody else. The engine passes on what people asked of a run before.
    """
    if mover and who.door is not DoorName.ENGINE and mover != who.person:
        raise NotProven(reason("proof_of_other_person", who.person, mover))

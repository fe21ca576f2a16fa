"""Compression of what is encrypted: before, where that makes it smaller; afterwards nothing would."""

from zlib import compress, decompress

_PLAIN, _DEFLATED = b"\0", b"\1"
_WORTH_PACKING = 200
"""Bytes; of less, nothing is gained."""
_LEVEL = 1
"""A plan is packed already, and what is left of a payload is small (ADR 40)."""


def pack(plain: bytes) -> bytes:
    """Return *plain*, compressed or not, behind a byte that says which."""
    if len(plain) >= _WORTH_PACKING and len(deflated := compress(plain, _LEVEL)) < len(plain):
        return _DEFLATED + deflated
    return _PLAIN + plain


def unpack(packed: bytes) -> bytes:
    """Return what was packed."""
    return decompress(packed[1:]) if packed[:1] == _DEFLATED else packed[1:]

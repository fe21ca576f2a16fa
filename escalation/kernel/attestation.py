"""Attestations: answers by which somebody vouches for a fact, such as that a customer has access again."""

from enum import StrEnum


class Attestation(StrEnum):
    """Base of such answers. No form has one chosen before a person chooses, whatever the default of its command is."""

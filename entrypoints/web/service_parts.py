"""
Parts that the API and the console share: one process has each once, whoever asks.

Owns that they are made. Must not know what is made of them.
"""

from dataclasses import dataclass
from typing import Self

from entrypoints.web.open_streams import OpenStreams
from entrypoints.web.page_texts import Languages
from entrypoints.web.playbook_facts import PlaybookFacts
from entrypoints.web.shared_watch import Watches
from entrypoints.web.temporal_client import TemporalClientSource
from identity.audit_trail import AuditTrail
from identity.caller import CallerSource
from messages.renderer import MessageRenderer
from messages.sample_text import SampleWriter
from runtime.settings import Settings
from runtime.signed_links import has_links


@dataclass(frozen=True)
class ServiceParts:
    """The settings of a web service, and what it reaches, follows and writes by them."""

    settings: Settings
    reach: TemporalClientSource
    languages: Languages
    callers: CallerSource
    audit: AuditTrail
    playbook: PlaybookFacts
    watches: Watches
    streams: OpenStreams
    samples: SampleWriter

    @classmethod
    def of(
        cls,
        settings: Settings,
        reach: TemporalClientSource,
        languages: Languages,
        callers: CallerSource,
        audit: AuditTrail,
    ) -> Self:
        renderer = MessageRenderer(settings.templates)
        return cls(
            settings,
            reach,
            languages,
            callers,
            audit,
            PlaybookFacts(settings),
            Watches(reach),
            OpenStreams(),
            SampleWriter(renderer, has_links=has_links(settings)),
        )

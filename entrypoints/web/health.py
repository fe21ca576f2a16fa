"""
Health, for operators and their tools: that the process lives, and that it can answer.
"""

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from client import ServerAway
from entrypoints.web.intake import RETRY_AFTER
from entrypoints.web.temporal_client import TemporalClientSource
from runtime.errors import RuntimeFault

log = structlog.get_logger("web_service")


class Health:
    """Answers of a process that reaches Temporal through *reach*."""

    def __init__(self, reach: TemporalClientSource) -> None:
        self._reach = reach

    async def live(self, _: Request) -> Response:
        """Say that the process answers at all. One that does not is to be restarted."""
        return JSONResponse({"status": "ok"})

    async def ready(self, _: Request) -> Response:
        """Say whether answers and starts can be taken: 503 while Temporal is away, and no restart helps."""
        try:
            await (await self._reach.client()).ping()
        except RuntimeFault as away:
            log.warning("health_unavailable", why=str(away))
            since = {"since": away.since.isoformat()} if isinstance(away, ServerAway) else {}
            return JSONResponse({"status": "unavailable", "temporal": "away", **since}, 503, RETRY_AFTER)
        return JSONResponse({"status": "ok", "temporal": "reachable"})

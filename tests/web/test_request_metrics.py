"""
Metrics of the web service: its answers by part and kind of status, never by address.
"""

import re

from httpx import ASGITransport, AsyncClient
from starlette.responses import PlainTextResponse

from entrypoints.web.request_metrics import RequestMetrics
from runtime.log_setup import logging_runtime
from runtime.ports import LOOPBACK, free_port


async def test_answers_are_counted_by_part_and_kind_of_status() -> None:
    address = f"{LOOPBACK}:{free_port()}"
    runtime = logging_runtime(address)
    app = RequestMetrics(PlainTextResponse("gone", 410), runtime.metric_meter)
    async with AsyncClient(transport=ASGITransport(app), base_url="http://here") as http:
        for path in ("/api/v1/escalations", "/answer/SECRET", "/case/SECRET", "/livez", "/all"):
            await http.get(path)
        await http.post("/escalations")
    async with AsyncClient() as http:
        text = (await http.get(f"http://{address}/metrics")).text

    counts = re.findall(r"escalation_web_request_duration_seconds_count\{(.*)\} 1", text)
    parts = sorted(match[1] for line in counts if (match := re.search(r'part="(\w+)"', line)))
    assert ["api", "console", "customer_page", "health", "intake", "link"] == parts
    assert all('status="4xx"' in line for line in counts)
    assert "SECRET" not in text
    assert 10 == max(
        float(end) for end in re.findall(r'request_duration_seconds_bucket\{.*le="([0-9.]+)"', text)
    )

"""`escalate serve`: everything on one machine."""


def serve() -> None:
    """Run the embedded server, a worker and the web service until Ctrl-C; no server, where a cluster is configured."""
    import asyncio

    from entrypoints.web.web_server import serve_with_web_service
    from worker import prepared

    asyncio.run(serve_with_web_service(prepared()))

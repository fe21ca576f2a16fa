"""`escalate web`: the web service alone."""


def web() -> None:
    """Run the web service alone until Ctrl-C: links, signed intake and the HTTP API. Start as many as you want."""
    import asyncio

    from entrypoints.web.web_server import serve_web_service
    from worker import prepared, say_now

    asyncio.run(serve_web_service(prepared(), say=say_now))

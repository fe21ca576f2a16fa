"""`escalate gateway`: the web service alone."""


def gateway() -> None:
    """Run the gateway alone until Ctrl-C: the pages behind links in messages, and starts by webhook."""
    import asyncio

    from entrypoints.web.web_server import serve_gateway
    from worker import prepared, say_now

    asyncio.run(serve_gateway(prepared(works=False), say=say_now))

"""The HTTP server under the emulator: uvicorn with a parser and an event loop in C.

Stock ministack serves with hypercorn, whose HTTP/1.1 is parsed in Python: under load a third of the
emulator's time. What is answered is the application's and does not change.
"""
import uvicorn

from .hooks import require


async def serve(app, config):
    """What ``hypercorn.asyncio.serve`` does, by uvicorn."""
    host, _, port = config.bind[0].rpartition(":")
    server = uvicorn.Server(uvicorn.Config(
        app, host=host, port=int(port), http="httptools", ws="none", access_log=False, proxy_headers=False, server_header=False, date_header=False,
        log_level=config.loglevel.lower(), timeout_keep_alive=int(config.keep_alive_timeout), backlog=config.backlog))
    await server.serve()


def apply():
    import asyncio

    import hypercorn.asyncio
    import uvloop

    require(hypercorn.asyncio, "serve")
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    hypercorn.asyncio.serve = serve

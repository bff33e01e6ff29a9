"""The response of a log stream, which continues until either side ends it."""

import asyncio

from starlette.types import Receive, Scope, Send

from imptui.cloud.api.stream_hub import StreamHub, StreamListener

_HEADERS = {
    "content-type": "text/event-stream",
    "cache-control": "no-cache",
    "x-accel-buffering": "no",
}


class EventStream:
    """Sends events as they come and notices at once when the caller has gone. Source: contract 14.1, 14.2."""

    def __init__(self, hub: StreamHub, stream_id: str, listener: StreamListener, headers: dict[str, str]) -> None:
        self._hub = hub
        self._stream_id = stream_id
        self._listener = listener
        self._headers = _HEADERS | headers

    async def __call__(self, _: Scope, receive: Receive, send: Send) -> None:
        """Answer until the stream is closed or the caller disconnects."""
        gone = asyncio.create_task(self._await_disconnect(receive), name="log stream disconnect")
        try:
            raw = [(name.lower().encode(), value.encode("latin-1")) for name, value in self._headers.items()]
            await send({"type": "http.response.start", "status": 200, "headers": raw})
            async for event in self._listener.events():
                await send({"type": "http.response.body", "body": event, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        except OSError:  # the caller disconnected during a write
            return
        finally:
            gone.cancel()
            self._hub.leave(self._stream_id, self._listener)

    async def _await_disconnect(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self._listener.hang_up()

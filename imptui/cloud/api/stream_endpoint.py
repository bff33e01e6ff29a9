"""Opens a log stream: the event loop alone answers this call, until either side ends it."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from imptui.cloud.api.charging import charged
from imptui.cloud.api.endpoint import Endpoint
from imptui.cloud.api.event_stream import EventStream
from imptui.cloud.api.responses import refusal_response
from imptui.cloud.wire.events import format_of
from imptui.domain.errors import Refused


class StreamEndpoint(Endpoint):
    """`/logstream/{stream_id}`: GET opens the stream without a token, its id being the secret; other verbs as usual.

    Source: contract 14.1.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request to a stream."""
        if scope["method"] != "GET":
            await super().__call__(scope, receive, send)
            return
        response = await self._open(Request(scope, receive))
        await response(scope, receive, send)

    async def _open(self, request: Request) -> EventStream | Response:
        hub, stream_id = self._service.hub, request.path_params["stream_id"]
        headers: dict[str, str] = {}
        try:
            charged(self._service, request, None, headers)
            listener = hub.open(stream_id, format_of(request.query_params.get("format")))
        except Refused as refusal:
            return refusal_response(refusal, headers)
        return EventStream(hub, stream_id, listener, headers)

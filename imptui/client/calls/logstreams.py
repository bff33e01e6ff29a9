"""The calls of the API about log streams."""

from imptui.client.api_call import ApiCall
from imptui.client.codec.decode import id_of
from imptui.client.logstream import LogStream
from imptui.client.secret import Secret
from imptui.client.session import Session


class LogStreamCalls:
    """Log streams. Source: contract 14."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def create(self, *, text_format: bool = False) -> LogStream:
        """Create a log stream; the service drops it if nobody follows it within a minute.

        Args:
            text_format: Ask for plain lines instead of JSON; the content is the same.
        """
        call = ApiCall("POST", "/logstream", "create a log stream")
        reply = await self._session.send_harmless(call)
        stream_id = self._session.decode(call.attempt, reply.body, id_of)
        return LogStream(self._session, Secret(stream_id), text_format=text_format)

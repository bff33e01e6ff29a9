"""Calls and their outcomes as a record keeps them: a transport that records, and one that answers from a record.

A record names a call by method and path below the endpoint. Tokens, passwords and keys are masked in both, so the replayed
console asks for the same names. Bodies of requests are not recorded.
"""

import asyncio
import json
import re
from collections import Counter, defaultdict, deque
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlencode

from imptui.client.lean_httpx import httpx

MASK = "masked"

_SECRET_PATH = re.compile(r"/(logstream|login_keys|refresh_tokens)/([^/?]+)")
_SECRET_NAME = re.compile(r"token|password|secret|otp|(^|_)key$", re.IGNORECASE)
_SECRET_HEADER = re.compile(r"authorization|x-electricimp-", re.IGNORECASE)
_IDS_ARE_SECRET = re.compile(r"/(auth|logstream)(/|$)|/(login_keys|refresh_tokens)(/|$)")
_HEADERS = re.compile(r"content-type|retry-after|x-ratelimit-.*|ratelimit-.*", re.IGNORECASE)


class CallLog(Protocol):
    """Where outcomes are recorded."""

    def write(self, kind: str, **fields: object) -> None:
        """Write an event."""

    def hide(self, secret: str) -> None:
        """Mask this text in later events."""


class RecordingTransport(httpx.AsyncBaseTransport):
    """Records the outcome of each call that somebody waits for.

    Args:
        inner: Sends the requests.
        endpoint: The base that paths are named from.
        log: Receives the outcomes.
        is_background: Whether the call of this moment belongs to a pass or a poll, which the record has as batches.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport, endpoint: str, log: CallLog, is_background: Callable[[], bool]) -> None:
        self._inner, self._endpoint, self._log, self._is_background = inner, endpoint, log, is_background

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request and record its answer, or that there was none."""
        self._hide_secrets(request)
        if self._is_background():
            return await self._inner.handle_async_request(request)
        name = call_name(request, self._endpoint)
        try:
            response = await self._inner.handle_async_request(request)
            assert isinstance(response.stream, httpx.AsyncByteStream)  # noqa: S101 - asynchronous transports have no other
            if response.headers.get("content-type", "").startswith("text/event-stream"):
                self._log.write("call", request=name, status=response.status_code, headers=_kept(response), is_stream=True)
                return _like(response, _RecordedStream(response.stream, name, self._log))
            raw = b"".join([chunk async for chunk in response.stream])
            await response.aclose()
        except httpx.HTTPError as error:
            self._log.write("call", request=name, error=type(error).__name__, reason=str(error))
            raise
        text = httpx.Response(response.status_code, headers=response.headers, content=raw).text
        body = self._masked(text, are_ids_secret=bool(_IDS_ARE_SECRET.search(request.url.path)))
        self._log.write("call", request=name, status=response.status_code, headers=_kept(response), body=body)
        return _like(response, httpx.ByteStream(raw))

    async def aclose(self) -> None:
        """Close the inner transport."""
        await self._inner.aclose()

    def _hide_secrets(self, request: httpx.Request) -> None:
        for header, value in request.headers.items():
            if _SECRET_HEADER.match(header):
                self._log.hide(value.removeprefix("Bearer "))
        for found in _SECRET_PATH.finditer(request.url.path):
            self._log.hide(found[2])
        if "/auth" in request.url.path:
            self._masked(request.content.decode("utf-8", "replace"), are_ids_secret=False)

    def _masked(self, text: str, *, are_ids_secret: bool) -> str:
        try:
            document = json.loads(text)
        except ValueError:
            return text
        return json.dumps(self._without_secrets(document, are_ids_secret=are_ids_secret), ensure_ascii=False)

    def _without_secrets(self, thing: Any, *, are_ids_secret: bool) -> Any:
        if isinstance(thing, list):
            return [self._without_secrets(each, are_ids_secret=are_ids_secret) for each in thing]
        if not isinstance(thing, dict):
            return thing
        found = {}
        for name, value in thing.items():
            if isinstance(value, str) and (_SECRET_NAME.search(name) or (are_ids_secret and name == "id")):
                self._log.hide(value)
                found[name] = MASK
            else:
                found[name] = self._without_secrets(value, are_ids_secret=are_ids_secret)
        return found


class ReplayTransport(httpx.AsyncBaseTransport):
    """Answers from a record and never connects.

    Args:
        endpoint: The base that paths are named from.
        requests: The names of all calls in the record, as often as they were made.
    """

    def __init__(self, endpoint: str, requests: Iterable[str]) -> None:
        self._endpoint = endpoint
        self._to_come = Counter(requests)
        self._outcomes: defaultdict[str, deque[Mapping[str, Any]]] = defaultdict(deque)
        self._waiting: defaultdict[str, deque[asyncio.Future[Mapping[str, Any]]]] = defaultdict(deque)
        self._streams: dict[str, asyncio.Queue[str | None]] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer as the record does, when the record has come to the answer.

        Raises:
            httpx.ConnectError: The record holds no answer.
        """
        name = call_name(request, self._endpoint)
        if self._outcomes[name]:
            return self._response(request, name, self._outcomes[name].popleft())
        waiting = self._waiting[name]
        while waiting and waiting[0].done():
            waiting.popleft()
        if self._to_come[name] <= len(waiting):
            raise httpx.ConnectError(f"the record holds no answer to {name}", request=request)
        future: asyncio.Future[Mapping[str, Any]] = asyncio.get_running_loop().create_future()
        waiting.append(future)
        return self._response(request, name, await future)

    @property
    def is_awaited(self) -> bool:
        """True if a caller waits for an outcome that is still to come."""
        return any(not each.done() for waiting in self._waiting.values() for each in waiting)

    def awaits(self, name: str) -> bool:
        """True if a caller waits for the outcome of this call."""
        return any(not each.done() for each in self._waiting[name])

    def give(self, outcome: Mapping[str, Any]) -> None:
        """Give a recorded outcome to the call that waits for it, or will."""
        name = outcome["request"]
        self._to_come[name] -= 1
        while self._waiting[name]:
            future = self._waiting[name].popleft()
            if not future.done():
                future.set_result(outcome)
                return
        self._outcomes[name].append(outcome)

    def give_chunk(self, name: str, text: str, *, is_last: bool) -> None:
        """Give a recorded part of an event stream."""
        chunks = self._streams.setdefault(name, asyncio.Queue())
        if text:
            chunks.put_nowait(text)
        if is_last:
            chunks.put_nowait(None)

    def end(self) -> None:
        """Answer nothing from now on: calls that wait fail."""
        self._to_come.clear()
        for waiting in self._waiting.values():
            for future in waiting:
                if not future.done():
                    future.set_result({"error": "ConnectError", "reason": "the record has ended"})

    def _response(self, request: httpx.Request, name: str, outcome: Mapping[str, Any]) -> httpx.Response:
        if "error" in outcome:
            found = getattr(httpx, outcome["error"], None)
            kind = found if isinstance(found, type) and issubclass(found, httpx.RequestError) else httpx.ConnectError
            raise kind(outcome.get("reason", ""), request=request)
        headers = dict(outcome.get("headers", {}))
        if outcome.get("is_stream"):
            self._streams[name] = asyncio.Queue()
            return httpx.Response(outcome["status"], headers=headers, stream=_ReplayedStream(self._streams[name]))
        return httpx.Response(outcome["status"], headers=headers, content=outcome.get("body", "").encode())


def call_name(request: httpx.Request, endpoint: str) -> str:
    """Return method and path below the endpoint, with secrets masked."""
    path, _, query = request.url.raw_path.decode("ascii").partition("?")
    path = path.removeprefix(httpx.URL(endpoint).path.rstrip("/"))
    path = _SECRET_PATH.sub(rf"/\1/{MASK}", path)
    pairs = [(name, MASK if _SECRET_NAME.search(name) else value) for name, value in parse_qsl(query, keep_blank_values=True)]
    return f"{request.method} {path}{'?' + urlencode(pairs) if pairs else ''}"


class _RecordedStream(httpx.AsyncByteStream):
    def __init__(self, inner: httpx.AsyncByteStream, name: str, log: CallLog) -> None:
        self._inner, self._name, self._log = inner, name, log

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._inner:
                self._log.write("chunk", request=self._name, text=chunk.decode("utf-8", "replace"), is_last=False)
                yield chunk
        finally:
            self._log.write("chunk", request=self._name, text="", is_last=True)

    async def aclose(self) -> None:
        await self._inner.aclose()


class _ReplayedStream(httpx.AsyncByteStream):
    def __init__(self, chunks: "asyncio.Queue[str | None]") -> None:
        self._chunks = chunks

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while (text := await self._chunks.get()) is not None:
            yield text.encode()


def _kept(response: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in response.headers.items() if _HEADERS.fullmatch(name)}


def _like(response: httpx.Response, stream: httpx.AsyncByteStream) -> httpx.Response:
    return httpx.Response(response.status_code, headers=response.headers, stream=stream, extensions=response.extensions)

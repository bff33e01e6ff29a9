"""Logs in: the one call whose attempts are delayed after failures. Source: contract 5.1, 21.1."""

import asyncio

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from imptui.cloud.api.endpoint import AdmittedCaller, Endpoint, answer
from imptui.cloud.api.route import Route
from imptui.cloud.wire.body import parse_body
from imptui.domain.errors import Invalid

LOGIN_PATH = "/auth"

COMPARED_AT_ONCE = 2
"""Passwords that are compared at a time: each takes 16 MB and some 40 ms of a core."""


class LoginEndpoint(Endpoint):
    """`/auth`: an attempt waits its turn without a thread; other verbs as usual."""

    _turns: asyncio.Semaphore | None = None

    async def _answered(self, route: Route, request: Request, raw: bytes, caller: AdmittedCaller | None) -> Response:
        """Delay an attempt, answer it, and count how it ended."""
        throttle = self._service.login_throttle
        name, address = _name_in(raw), request.client.host if request.client else "unknown"
        await asyncio.sleep(throttle.delay_s(name, address))
        if self._turns is None:
            self._turns = asyncio.Semaphore(COMPARED_AT_ONCE)
        async with self._turns:
            response = await run_in_threadpool(answer, self._service, route, request, raw, caller)
        if response.status_code == 401:
            throttle.failed(name, address)
        elif response.status_code == 200:
            throttle.succeeded(name)
        return response


def _name_in(raw: bytes) -> str | None:
    """Return the user name or address in the body of an attempt; None for a second step, and for what is none."""
    try:
        body = parse_body(raw)
    except Invalid:
        return None
    name = body.get("id") if isinstance(body, dict) else None
    return name if isinstance(name, str) else None

"""How one call becomes one answer: the turn, the token, the guard, the journal and the errors."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import ModuleType
from typing import TYPE_CHECKING, TypeVar

import msgspec

from imptui.client.call import Call
from imptui.client.change import About, Change, Journal, Outcome
from imptui.client.errors import Failed, Malformed, NoAnswer
from imptui.client.guard import Guard
from imptui.client.pace import TURN, Pace, Priority
from imptui.client.refusals import bounded, refusal_in
from imptui.client.reply import Reply, Stream
from imptui.client.secret import MASK, Credentials, Secret
from imptui.model.errors import Forbidden, Invalid, Refused, Rule, TooFast, Unauthorized

if TYPE_CHECKING:
    import httpx

    from imptui.client.dial import Transport

Answer = TypeVar("Answer")

Condition = Callable[[], Awaitable[Forbidden | None]]
"""What must hold before a change is sent: the refusal, or None."""

READ_TRIES = 6
"""How often a read is sent when the budget was spent each time."""

_VENDOR_TYPE = "application/vnd.api+json"


class Speaker:
    """Speaks with one endpoint. See `Central` for the arguments."""

    def __init__(
        self,
        endpoint: str,
        *,
        credentials: Credentials,
        on_credentials: Callable[[Credentials], None] | None,
        guard: Guard,
        journal: Journal | None,
        context: str,
        transport: "Transport | None",
        pace: Pace,
        clock: Callable[[], datetime],
        timeout_s: float,
    ) -> None:
        self.endpoint = endpoint.rstrip("/")
        self.credentials = credentials
        self.guard = guard
        self.pace = pace
        self.now = clock
        self._on_credentials = on_credentials
        self._journal = journal
        self._context = context
        self._transport = transport
        self._timeout_s = timeout_s
        self._dialling = asyncio.Lock()
        self._client: httpx.AsyncClient | None = None
        self._bearer: httpx.Auth | None = None

    async def close(self) -> None:
        """Let go of all connections; the next call dials anew."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    def adopt(self, credentials: Credentials) -> None:
        """Use these from now on, and have them stored."""
        self.credentials = credentials
        if self._on_credentials is not None:
            self._on_credentials(credentials)

    async def read(self, call: Call, priority: Priority) -> Reply:
        """Send a call that changes nothing; again, when the budget was spent.

        Raises:
            Refused, NoAnswer: See `Central`.
        """
        for _ in range(READ_TRIES - 1):
            try:
                return await self._send(call, priority)
            except TooFast:
                continue  # the pace holds the next turn back until the reset
        return await self._send(call, priority)

    async def send_harmless(self, call: Call) -> Reply:
        """Send, once, a call that is no GET and changes nothing of the fleet; the transport knows which they are."""
        return await self._send(call, Priority.LOOK)

    async def change(
        self,
        call: Call,
        *,
        verb: str,
        kind: str,
        subject: str,
        about: About,
        after: Mapping[str, object] | None,
        touches: Sequence[tuple[str, str]],
        created: Callable[[bytes], str] | None,
        condition: Condition | None,
    ) -> Reply:
        """The choke point: ask the guard, send once, tell the journal, whatever happens.

        Args:
            call: What to send.
            verb: The journal's word for it.
            kind: Of the subject.
            subject: What is changed; for a new thing, what it is created in or its name.
            about: What the caller knows of it.
            after: What is asked for, without programs and secrets.
            touches: Kind and identifier of everything that protection counts for.
            created: Finds the new thing's id in the answer.
            condition: Asked last, because it may have to read; what it answers refuses.

        Raises:
            Refused, NoAnswer: See `Central`.
        """
        began_at = self.now()

        def tell(outcome: Outcome, answer: str, subject: str = subject) -> None:
            if self._journal is not None:
                self._journal(
                    Change(
                        began_at=began_at,
                        ended_at=self.now(),
                        who=self.credentials.username,
                        context=self._context,
                        endpoint=self.endpoint,
                        verb=verb,
                        kind=kind,
                        subject=subject,
                        label=about.label,
                        before=about.before,
                        after=after,
                        outcome=outcome,
                        answer=answer,
                    )
                )

        known = about.names if about.label is None else (about.label, *about.names)
        forbidden = self.guard.forbids(call.attempt, touches, known)
        if forbidden is None and condition is not None:
            try:
                forbidden = await condition()
            except (Refused, NoAnswer) as trouble:
                tell(Outcome.NOT_SENT, str(trouble))
                raise
        if forbidden is not None:
            tell(Outcome.FORBIDDEN, forbidden.reason)
            raise forbidden
        try:
            reply = await self._send(call, Priority.ACTION)
        except Refused as refusal:
            tell(Outcome.FORBIDDEN if refusal.rule is Rule.READ_ONLY else Outcome.REFUSED, refusal.reason)
            raise
        except NoAnswer as trouble:
            tell(Outcome.UNKNOWN if trouble.sent else Outcome.NOT_SENT, str(trouble))
            raise
        except asyncio.CancelledError:
            tell(Outcome.UNKNOWN, "Given up before an answer came.")
            raise
        tell(Outcome.DONE, str(reply.status), _created(created, reply) or subject)
        return reply

    def decoded(self, attempt: str, reply: Reply, decode: Callable[[bytes], Answer]) -> Answer:
        """What an answer says.

        Raises:
            Malformed: It cannot be understood; names the place.
        """
        try:
            return decode(reply.body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            why, _, where = str(error).partition(" - at `")
            raise Malformed(attempt, self.endpoint, bounded(why), where=_joined(where)) from None

    async def log_in(self, call: Call, username: str) -> Credentials:
        """Send a login and adopt its tokens.

        Raises:
            Unauthorized, OtpRequired: See `AccountCalls.login`.
        """
        from imptui.client.auth import credentials_in

        reply = await self._send(replace(call, is_vendor_type=False), None)
        known = Credentials(username=username or self.credentials.username, login_key=self.credentials.login_key)
        self.adopt(self.decoded(call.attempt, reply, lambda body: credentials_in(body, known, self.now())))
        return self.credentials

    async def renew(self, refresh_token: Secret | None, login_key: Secret | None) -> Credentials:
        """Exchange a token or key, or those known, for an access token and adopt it.

        Raises:
            Unauthorized: See `AccountCalls.exchange`.
        """
        dial = await self._dial()
        from imptui.client.auth import ATTEMPT, exchange_request, renewed

        known = self.credentials
        if refresh_token is not None or login_key is not None:
            known = replace(known, refresh_token=refresh_token, login_key=login_key)
        if not known.can_renew:
            raise Unauthorized(f"Could not {ATTEMPT}: there is no refresh token and no login key. Log in.", Rule.TOKEN)

        async def renewing() -> Credentials:
            request = exchange_request(self.endpoint, known.refresh_token, known.login_key)
            response = await self._connected.send(request, auth=None)
            return renewed(response, known, self.endpoint, self.now())

        self.adopt(await self._cleaned(dial, ATTEMPT, renewing()))
        return self.credentials

    async def open_stream(self, call: Call, silence_s: float) -> "Stream":
        """Open an event stream, without a token; its path is the secret. Source: contract 5.4, 14.1.

        Args:
            call: What to open.
            silence_s: After how long without a byte the connection counts as lost.

        Raises:
            Refused, NoAnswer: It cannot be opened.
        """
        dial = await self._dial()
        response = await self._cleaned(dial, call.attempt, self._opened(call, dial, silence_s))
        return Stream(
            response, lambda error: dial.trouble(error, call.attempt, self.endpoint, is_read=True), dial.ERRORS
        )

    async def _opened(self, call: Call, dial: ModuleType, silence_s: float) -> "httpx.Response":
        request = self._request(call, dial)
        request.headers.update({"Accept": "text/event-stream", "Cache-Control": "no-cache"})
        request.extensions["timeout"] |= {"read": silence_s}
        response = await self._connected.send(request, auth=None, stream=True)
        if response.status_code == 200:
            return response
        try:
            await response.aread()
            self._check(call, response)
        finally:
            await response.aclose()
        raise Malformed(call.attempt, self.endpoint, f"{response.status_code} instead of an event stream")

    async def _send(self, call: Call, priority: Priority | None) -> Reply:
        """Send once, in turn; a login (no priority) has no turn and no token."""
        dial = await self._dial()
        answering = self._answered(call, self._request(call, dial), priority)
        return await self._cleaned(dial, call.attempt, answering, is_read=call.verb == "GET" or priority is None)

    def _request(self, call: Call, dial: ModuleType) -> "httpx.Request":
        """The request of httpx. Nobody may keep it in a variable that a traceback could show: its address may be secret."""
        kind = _VENDOR_TYPE if call.is_vendor_type else "application/json"
        headers = {"Accept": kind, **call.headers}
        for name, value in call.headers.items():
            # Whatever refuses it further on would show it.
            if not (value.isascii() and value.isprintable()):
                raise Invalid(f"Could not {call.attempt}: the value for {name} has characters that no header may have.")
        if call.body is not None:
            headers["Content-Type"] = kind
        return self._connected.build_request(
            call.verb,
            self.endpoint + call.path,
            params=call.params or None,
            content=call.body,
            headers=headers,
            timeout=dial.timeout(self._timeout_s, is_upload=call.body is not None and len(call.body) > 100_000),
        )

    async def _answered(self, call: Call, request: "httpx.Request", priority: Priority | None) -> Reply:
        if priority is None:
            return self._check(call, await self._connected.send(request, auth=None))
        async with self.pace.turn(priority) as turn:
            request.extensions[TURN] = turn
            return self._check(call, await self._connected.send(request, auth=self._bearer))

    async def _cleaned(
        self, dial: ModuleType, attempt: str, answering: Awaitable[Answer], *, is_read: bool = True
    ) -> Answer:
        """Await an answer; turn errors of httpx into ours and cut the traceback and context of all of them.

        Frames of httpx hold headers and bodies, with tokens and passwords; a traceback that shows local variables, as
        Textual's does, must not reach them.
        """
        try:
            return await answering
        except (Refused, NoAnswer) as error:
            problem: Exception = error.with_traceback(None)
        except dial.ERRORS as error:
            problem = dial.trouble(error, attempt, self.endpoint, is_read=is_read)
        problem.__context__ = None
        raise problem

    def _check(self, call: Call, response: "httpx.Response") -> Reply:
        """The reply, or what is wrong with it."""
        status, body = response.status_code, response.content
        if 200 <= status < 300:
            return Reply(status, body, self.now())
        for secret in call.secrets:
            body = body.replace(secret.reveal().encode(), MASK.encode())
        if status >= 500:
            raise Failed(call.attempt, self.endpoint, status, _fault(call, body, response.reason_phrase))
        wait_s = self.pace.spent(response.headers) if status == 429 else 0.0
        has_password = "X-Electricimp-Password" in call.headers
        refusal = refusal_in(
            status, body, call.attempt, retry_after_s=wait_s, refs=call.refs, has_password=has_password
        )
        if refusal is not None and status >= 400:
            raise refusal
        kind = response.headers.get("content-type", "nothing that says what it is").partition(";")[0]
        raise Malformed(call.attempt, self.endpoint, bounded(f"{status} with {kind} instead of a JSON error document"))

    @property
    def _connected(self) -> "httpx.AsyncClient":
        if self._client is None:
            raise RuntimeError("The connection was closed.")
        return self._client

    async def _dial(self) -> ModuleType:
        """The dial, with httpx imported and certificates read outside the event loop: together they take 0.3 s."""
        if self._client is None:
            async with self._dialling:
                if self._client is None:
                    await asyncio.to_thread(self._connect)
        from imptui.client import dial

        return dial

    def _connect(self) -> None:
        from imptui.client import auth, dial

        self._bearer = auth.Bearer(self.endpoint, lambda: self.credentials, self.adopt, self.now)
        self._client = dial.client(self.endpoint, self._transport, lambda: self.guard, self.pace)


def _created(created: Callable[[bytes], str] | None, reply: Reply) -> str | None:
    if created is None:
        return None
    try:
        return created(reply.body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _fault(call: Call, body: bytes, phrase: str) -> str:
    refusal = refusal_in(400, body, call.attempt)
    return (refusal.reason.partition(": ")[2] if refusal is not None else phrase or "no reason was given").rstrip(".")


def _joined(where: str) -> str:
    """Places inside places, innermost first as msgspec and we report them, as one path."""
    places = [place.rstrip("`") for place in where.split(" - at `")]
    return places[0]

"""What is said over a connection: reads, changes with their guard and journal, logins and their renewal."""

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeVar, Unpack

import msgspec
from msgspec.structs import replace

from imptui.client.api_call import Call
from imptui.client.change import About, Change, Journal, Outcome
from imptui.client.codec.refusals import bounded
from imptui.client.connection import Connection, How
from imptui.client.errors import Malformed, NoAnswer
from imptui.client.pace import Priority
from imptui.client.reply import Reply
from imptui.client.secret import Credentials, Secret
from imptui.domain.errors import Forbidden, Refused, Rule, TooFast, Unauthorized

Answer = TypeVar("Answer")

Condition = Callable[[], Awaitable[Forbidden | None]]
"""What must hold before a change is sent: the refusal, or None."""

READ_TRIES = 6
"""How often a read is sent when the budget was spent each time."""


class Speaker(Connection):
    """Speaks with one endpoint. See `Central` for the arguments."""

    def __init__(self, endpoint: str, *, journal: Journal | None, context: str, **how: Unpack[How]) -> None:
        super().__init__(endpoint, **how)
        self._journal = journal
        self._context = context

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

        reply = await self._send(dataclasses.replace(call, is_vendor_type=False), None)
        known = Credentials(username=username or self.credentials.username, login_key=self.credentials.login_key)
        self.adopt(self.decoded(call.attempt, reply, lambda body: credentials_in(body, known, self.now())))
        return self.credentials

    async def renew(self, refresh_token: Secret | None, login_key: Secret | None) -> Credentials:
        """Exchange a token or key, or those known, for an access token and adopt it.

        Raises:
            Unauthorized: See `AccountCalls.exchange`.
        """
        transport = await self._dial()
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

        self.adopt(await self._cleaned(transport, ATTEMPT, renewing()))
        return self.credentials


def _created(created: Callable[[bytes], str] | None, reply: Reply) -> str | None:
    if created is None:
        return None
    try:
        return created(reply.body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _joined(where: str) -> str:
    """Places inside places, innermost first as msgspec and we report them, as one path."""
    places = [place.rstrip("`") for place in where.split(" - at `")]
    return places[0]

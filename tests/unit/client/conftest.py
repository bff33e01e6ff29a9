"""A service of a few lines, a clock and a journal."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from imptui.client.central import Central
from imptui.client.pace import Pace
from imptui.client.secret import ClientCredentials, Secret


class Clock:
    """A clock that moves only when a test sets it, or when code sleeps."""

    def __init__(self):
        self.at = datetime(2026, 3, 14, 9, 0, tzinfo=UTC)
        self.slept = []

    def __call__(self):
        return self.at

    def seconds(self):
        return self.at.timestamp()

    async def sleep(self, seconds):
        self.slept.append(seconds)
        self.at += timedelta(seconds=seconds)


class Service:
    """Answers with the items of `answers`, else with 204; records the requests."""

    def __init__(self):
        self.answers = []
        self.asked = []

    async def __call__(self, request):
        self.asked.append(request)
        if not self.answers:
            return httpx.Response(204)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer(request) if callable(answer) else answer

    @property
    def lines(self):
        return [f"{request.method} {request.url.raw_path.decode()}" for request in self.asked]


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def service():
    return Service()


@pytest.fixture
def journal():
    return []


@pytest.fixture
def make(clock, service, journal):
    """Makes a `Central` that calls the service; arguments as for `Central`."""

    def central(**wishes):
        pace = Pace(clock=clock.seconds, now=clock, sleep=clock.sleep, jitter=lambda: 0.0)
        settings = {
            "credentials": ClientCredentials("grower", Secret("first-token")),
            "journal": journal.append,
            "context": "plant",
            "transport": httpx.MockTransport(service),
            "pace": pace,
            "clock": clock,
        }
        return Central("http://cloud.test/v5", **(settings | wishes))

    return central


@pytest.fixture
def central(make):
    return make()

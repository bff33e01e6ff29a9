"""Certificates, gateways and clocks: whatever is wrong on the way is named."""

from datetime import timedelta

import httpx
import pytest

from imptui.client.central import Central
from imptui.client.errors import Failed, Unreachable
from imptui.client.http_errors import no_answer
from imptui.domain.errors import TooFast

ENDPOINT = "https://cloud.test/v5"
ACCOUNT = {"data": {"type": "account", "id": "a"}}
PAGE = "<html><body>Too many requests</body></html>"


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    """Names no certificates and no proxy."""
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "SSL_CERT_DIR"])
async def test_certificates_that_are_not_there_are_named(monkeypatch, tmp_path, variable):
    """Certificates that cannot be read are named with the variable that names them; nothing is sent."""
    monkeypatch.setenv(variable, str(tmp_path / "missing.pem"))
    async with Central(ENDPOINT) as central:
        with pytest.raises(Unreachable, match=rf"missing\.pem of {variable} cannot be used") as failed:
            await central.accounts.me()
    assert not failed.value.sent


async def test_certificates_that_are_none_are_named(monkeypatch, tmp_path):
    """A file without a certificate is named with its variable."""
    (tmp_path / "ca.pem").write_text("no certificate", encoding="utf-8")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    async with Central(ENDPOINT) as central:
        with pytest.raises(Unreachable, match=r"ca\.pem of SSL_CERT_FILE cannot be used: it holds no certificate"):
            await central.accounts.me()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1006)", "write the endpoint with http://"),
        ("[SSL: CERTIFICATE_VERIFY_FAILED] unable to get local issuer certificate", "SSL_CERT_FILE"),
    ],
)
def test_trouble_with_tls_has_a_way_out(text, words):
    """HTTPS to a port of plain HTTP and a certificate that nobody trusts are said with the way out."""
    assert words in str(no_answer(httpx.ConnectError(text), "read", ENDPOINT, is_read=True))


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("after", ["7", "Sat, 14 Mar 2026 12:00:07 GMT"])
async def test_a_gateway_that_wants_a_pause_gets_it(central, service, clock, status, after):
    """A read waits as long as a gateway's page says, by a number or by a date, and by the gateway's own clock."""
    headers = {"Retry-After": after, "Content-Type": "text/html", "Date": "Sat, 14 Mar 2026 12:00:00 GMT"}
    service.answers = [httpx.Response(status, headers=headers, text=PAGE), httpx.Response(200, json=ACCOUNT)]
    began = clock()
    assert (await central.accounts.me()).id == "a"
    assert (clock() - began).total_seconds() == pytest.approx(7.0)


@pytest.mark.parametrize(("status", "kind", "words"), [(429, TooFast, "budget is spent"), (503, Failed, "Try again in 200 s")])
async def test_a_read_waits_within_a_limit(central, service, clock, status, kind, words):
    """A read that is put off again and again ends after five minutes with the reason."""
    headers = {"Retry-After": "200", "Content-Type": "text/html"}
    service.answers = [httpx.Response(status, headers=headers, text=PAGE) for _ in range(10)]
    began = clock()
    with pytest.raises(kind, match=words):
        await central.accounts.me()
    assert (clock() - began).total_seconds() <= 300


async def test_a_change_is_not_repeated_by_a_gateway(central, service):
    """A change is sent once, whatever a gateway says about coming back."""
    service.answers = [httpx.Response(503, headers={"Retry-After": "1"}, text=PAGE)]
    with pytest.raises(Failed) as failed:
        await central.groups.restart("g")
    assert failed.value.is_outcome_unknown
    assert len(service.asked) == 1


@pytest.mark.parametrize("hours", [-3, 5])
async def test_a_wrong_clock_is_reported_once(make, service, clock, hours):
    """A clock that is wrong by hours is noticed from the Date of a reply, and reported once."""
    told = []
    date = (clock() - timedelta(hours=hours)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    service.answers = [httpx.Response(200, headers={"Date": date}, json=ACCOUNT) for _ in range(2)]
    central = make(on_clock_skew=told.append)
    await central.accounts.me()
    await central.accounts.me()
    assert told == [timedelta(hours=hours)]


async def test_a_clock_that_is_nearly_right_is_not_reported(make, service, clock):
    """A difference of minutes, or a Date that makes no sense, is no news."""
    told = []
    date = (clock() - timedelta(minutes=4)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    service.answers = [httpx.Response(200, headers={"Date": each}, json=ACCOUNT) for each in (date, "yesterday")]
    central = make(on_clock_skew=told.append)
    await central.accounts.me()
    await central.accounts.me()
    assert told == []

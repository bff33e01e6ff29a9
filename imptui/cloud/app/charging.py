"""Who pays for a request. Source: contract 3."""

from starlette.requests import Request

from imptui.cloud.app.service import Service
from imptui.model.account import Account
from imptui.model.errors import TooFast


def charged(service: Service, request: Request, account: Account | None, headers: dict[str, str]) -> None:
    """Count a request against its account, or against its remote address where nobody is known.

    Args:
        service: Whose budget.
        request: What came.
        account: Who is asking, where that is known.
        headers: Receives what the answer says about the budget.

    Raises:
        TooFast: The budget of this second is spent.
    """
    if service.budget is None:
        return
    remote = request.client.host if request.client else "unknown"
    charge = service.budget.charge(f"account {account.id}" if account is not None else f"address {remote}")
    headers |= charge.headers
    if charge.is_refused:
        raise TooFast(f"More than {charge.limit} requests in a second; wait {charge.reset_s} s.", charge.reset_s)

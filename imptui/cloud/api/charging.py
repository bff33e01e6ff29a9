"""Charges requests to the budget of an account or a remote address. Source: contract 3."""

from starlette.requests import Request

from imptui.cloud.api.budget import NO_LIMIT
from imptui.cloud.api.service import EngineService
from imptui.domain.account import Account
from imptui.domain.errors import TooFast
from imptui.domain.group import GroupType

_NO_LIMIT_HEADERS = NO_LIMIT.headers


def charged(service: EngineService, request: Request, account: Account | None, headers: dict[str, str]) -> None:
    """Count a request against its account, or against its remote address if it is not authenticated.

    Args:
        service: The service with the budgets.
        request: The request to count.
        account: The caller, if it is known.
        headers: Receives the budget headers of the answer.

    Raises:
        TooFast: The budget of this second is spent.
    """
    if service.budget is None:
        headers |= _NO_LIMIT_HEADERS
        return
    remote = request.client.host if request.client else "unknown"
    charge = service.budget.charge(f"account {account.id}" if account is not None else f"address {remote}")
    headers |= charge.headers
    if charge.is_refused:
        raise TooFast(f"More than {charge.limit} requests in a second; wait {charge.reset_s} s.", charge.reset_s)


def charged_for_unbonding(service: EngineService, account: Account, group_type: GroupType | str | None) -> None:
    """Count a call that unassigns devices from a group, if it is a production group.

    Raises:
        TooFast: The account has spent its budget of this minute.

    Source: contract 3, 9.5.
    """
    if service.unbonding is None or group_type is not GroupType.PRODUCTION:
        return
    charge = service.unbonding.charge(account.id)
    if charge.is_refused:
        raise TooFast(
            f"More than {charge.limit} calls in a minute that take devices out of production groups; wait {charge.reset_s} s.",
            charge.reset_s,
        )

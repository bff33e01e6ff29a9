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
        service: Whose budget.
        request: What came.
        account: Who is asking, where that is known.
        headers: Receives what the answer says about the budget.

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
    """Count a call that takes devices out of a group, if that is a production group.

    Raises:
        TooFast: The account has spent what it may in this minute.

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

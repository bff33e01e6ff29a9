"""Links of a list: absolute, keeping filters and size, `next` only where there is more. Source: contract 4.2."""

from collections.abc import Sequence
from urllib.parse import quote

from imptui.cloud.wire.decode import Page

_PAGING = ("page[number]", "page[size]")


def list_links(
    address: str, query: Sequence[tuple[str, str]], page: Page, *, has_more: bool
) -> dict[str, str]:
    """The links of one page, all built the same way, since one client knows the first page by `first == self`.

    Args:
        address: Where the list lies, without query.
        query: What was asked; filters and unknown parameters stay in the links, in their order.
        page: The page that is answered.
        has_more: Whether another page comes after it.
    """
    kept = "".join(f"&{_key(key)}={quote(value, safe='')}" for key, value in query if key not in _PAGING)

    def link(number: int) -> str:
        return f"{quote(address, safe=':/[]@%')}?page[number]={number}&page[size]={page.size}{kept}"

    links = {"first": link(1), "self": link(page.number)}
    if page.number > 1:
        links["prev"] = link(page.number - 1)
    if has_more:
        links["next"] = link(page.number + 1)
    return links


def _key(key: str) -> str:
    return quote(key, safe="[].")

"""Links of documents, and the links between pages of a list."""

from collections.abc import Iterable
from urllib.parse import quote

from msgspec import Struct


class Links(Struct, frozen=True, gc=False):
    """Links of a document or resource; missing ones are None."""

    self: str | None = None
    first: str | None = None
    prev: str | None = None
    next: str | None = None
    last: str | None = None


def page_links(
    base: str, filters: Iterable[tuple[str, str]], number: int, size: int, *, has_next: bool
) -> dict[str, str]:
    """Return the links of one page of a list, built alike, so that `first` equals `self` on the first page.

    Args:
        base: Absolute address of the list, without query.
        filters: Further parameters, in the order of the request.
        number: Number of the page, from 1.
        size: Number of entries on a page.
        has_next: True if another page follows; otherwise `next` is left out, never null.

    Source: contract 4.2.
    """
    kept = [f"{quote(key, safe='[].')}={quote(value, safe=',:')}" for key, value in filters]

    def page(which: int) -> str:
        return f"{base}?{'&'.join([*kept, f'page[number]={which}', f'page[size]={size}'])}"

    links = {"first": page(1), "self": page(number)}
    if number > 1:
        links["prev"] = page(number - 1)
    if has_next:
        links["next"] = page(number + 1)
    return links

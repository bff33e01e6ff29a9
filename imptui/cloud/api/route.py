"""A row of the table of routes, the call that its handler takes and the answer that it returns."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

from msgspec import Struct

from imptui.cloud.storage.paging import ListPage, Paging
from imptui.cloud.wire.decode import paging_of
from imptui.cloud.wire.dialect import Dialect
from imptui.cloud.wire.encode import Encoder
from imptui.jsonapi.links import page_links

if TYPE_CHECKING:
    from imptui.cloud.api.service import EngineService
    from imptui.cloud.storage.world import World
    from imptui.domain.account import Account

T = TypeVar("T")
Json = dict[str, Any]

RESOURCE_TYPE = "application/vnd.api+json"
FLAT_TYPE = "application/json"


class ApiAnswer(Struct, frozen=True):
    """The answer of a handler: a status and a document, or none (204)."""

    status: int
    document: Any = None
    content_type: str = RESOURCE_TYPE


NO_CONTENT = ApiAnswer(204)


@dataclass(frozen=True, slots=True)
class AuthenticatedCall:
    """One request that has been authenticated, charged and parsed. Its body and headers may hold secrets."""

    service: "EngineService"
    account: "Account | None"
    """The caller; None on calls that need no token."""
    params: Mapping[str, str]
    query: Sequence[tuple[str, str]]
    headers: Mapping[str, str] = field(repr=False)
    body: Any = field(repr=False)
    base: str
    """Base URL of the API for this caller: scheme, host and `/v5`."""
    path: str
    """Path below the base URL."""

    @property
    def world(self) -> "World":
        """The state of the engine."""
        return self.service.world

    @property
    def actor(self) -> "Account":
        """The account of an authenticated caller."""
        assert self.account is not None  # noqa: S101 - the table says which routes need no token
        return self.account

    @property
    def dialect(self) -> Dialect:
        """The dialect of the answers."""
        return self.service.dialect

    @property
    def encode(self) -> Encoder:
        """The encoder of resources for this caller."""
        return Encoder(self.service.dialect, self.base)

    @property
    def paging(self) -> Paging:
        """The requested page of a list."""
        return paging_of(self.query)

    def listed(self, page: ListPage[T], write: Callable[[T], Any]) -> ApiAnswer:
        """Return one page of a list, with its links. Source: contract 4.2."""
        paging = self.paging
        kept = [(name, value) for name, value in self.query if name not in ("page[number]", "page[size]")]
        address = self.base + quote(self.path, safe="/:@")
        links = page_links(address, kept, paging.number, paging.size, has_next=page.has_next)
        return ApiAnswer(200, {"data": [write(item) for item in page.items], "links": links})


def one(resource: Any, status: int = 200) -> ApiAnswer:
    """Return an answer that holds one resource."""
    return ApiAnswer(status, {"data": resource})


class Route(Struct, frozen=True):
    """One verb on one path. Routing and the description of the API are both made from it."""

    method: str
    path: str
    """The path below `/v5`, with `{names}` for parameters."""
    handler: Callable[[AuthenticatedCall], ApiAnswer]
    summary: str
    answers: str = ""
    """Name of the schema of the answer; empty for no body."""
    asks: str = ""
    """Name of the schema of the request body; empty for no body."""
    status: int = 200
    is_list: bool = False
    is_open: bool = False
    """True if it works without a token."""
    is_flat: bool = False
    """True if the answer is the schema itself, without `data` around it."""
    content_type: str = RESOURCE_TYPE
    filters: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    """Names of other query parameters with a meaning."""
    headers: tuple[str, ...] = ()
    """Names of request headers with a meaning of their own."""
    refusals: tuple[int, ...] = ()
    """Statuses of refusals besides those every route has."""

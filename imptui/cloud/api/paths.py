"""Normalizes request paths: repeated slashes, a slash at the end."""

import re

from starlette.types import ASGIApp, Receive, Scope, Send

_SLASHES = re.compile("/{2,}")


class PathNormalizer:
    """Collapses repeated slashes and removes one at the end, before routing. Source: contract 1.1."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its normalized path."""
        if scope["type"] == "http":
            path = scope["path"]
            tidy = _SLASHES.sub("/", path).rstrip("/") or "/"
            if tidy != path:
                scope = {**scope, "path": tidy, "raw_path": tidy.encode("utf-8", "replace")}
        await self._app(scope, receive, send)

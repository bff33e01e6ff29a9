"""Reads a request body up to the allowed size."""

from starlette.requests import Request

from imptui.domain.errors import Invalid, Rule

BODY_LIMIT_BYTES = 24 * 1024 * 1024
"""Two programs of 4 MB each, written with escapes (a line end takes two bytes, a tab too), and room. Contract 12.2."""

_DRAIN_LIMIT_BYTES = 4 * BODY_LIMIT_BYTES


async def read_body(request: Request, limit_bytes: int = BODY_LIMIT_BYTES) -> bytes:
    """The whole body.

    A body over the limit is read on for a while and thrown away piece by piece, since most clients listen only after
    they have sent everything.

    Raises:
        Invalid: It is over the limit.
    """
    announced = request.headers.get("content-length", "")
    is_over = announced.isdigit() and int(announced) > limit_bytes
    pieces: list[bytes] = []
    size = 0
    async for piece in request.stream():
        size += len(piece)
        if is_over or size > limit_bytes:
            is_over = True
            pieces.clear()
            if size > _DRAIN_LIMIT_BYTES:
                break
        else:
            pieces.append(piece)
    if is_over:
        raise Invalid(f"The body is too large; at most {limit_bytes:,} bytes are read.", Rule.CODE_TOO_LARGE)
    return b"".join(pieces)

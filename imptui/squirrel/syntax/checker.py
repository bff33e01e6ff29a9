"""Checks a program as the compiler of the imp platform does.

Electric Imp's language is a slightly modified Squirrel 3.0.4 with 32-bit integers. Verdict, position and message are those of
that compiler.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from imptui.squirrel.syntax.errors import Abandoned, CompileError, Rejected
from imptui.squirrel.syntax.parser import parse
from imptui.squirrel.syntax.scanner import scan

__all__ = ["Abandoned", "CompileError", "Rejected", "check"]

Scalar = int | float | str

PLATFORM_ENUMS: Mapping[str, Mapping[str, Scalar]] = {
    "__EI": dict.fromkeys(
        (
            "PRODUCT_ID",
            "PRODUCT_NAME",
            "DEVICEGROUP_ID",
            "DEVICEGROUP_NAME",
            "DEVICEGROUP_TYPE",
            "DEPLOYMENT_ID",
            "DEPLOYMENT_SHA",
            "DEPLOYMENT_CREATED_AT",
        ),
        "",
    )
}
"""Enumerations that the platform puts in front of the code; any other member of them does not compile. Source: contract 16."""


def check(
    code: str,
    *,
    enums: Mapping[str, Mapping[str, Scalar]] = PLATFORM_ENUMS,
    cancelled: Callable[[], bool] | None = None,
) -> CompileError | None:
    """Return the first error in one program (agent or device code), or None if it compiles.

    It is a plain function of its arguments: no clock, no shared state, safe in any thread. The time is linear in the size; run it
    off the event loop. Deep nesting ends in a compile error, never in a Python error.

    Args:
        code: One program. `#require` and `#line` lines count as comments.
        enums: Enumerations that the platform puts in front of the code, such as `__EI`; their rows are not counted. Names of
            other enumerations are looked up at run time.
        cancelled: Called now and then; the check stops if it returns True.

    Raises:
        Abandoned: `cancelled` returned True.

    Source: contract 12.4, 16.
    """
    try:
        parse(scan(code, cancelled), enums, cancelled=cancelled, keep=False)
    except Rejected as refused:
        return refused.error
    return None

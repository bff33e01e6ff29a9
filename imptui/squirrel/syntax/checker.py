"""Checks a program and returns the first error of the imp platform's compiler.

Electric Imp's language is a slightly modified Squirrel 3.0.4 with 32-bit integers; the
verdict, the place and the words here are those of that compiler.
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
"""Enums that the platform defines before the code; any other member does not compile. Source: contract 16."""


def check(
    code: str,
    *,
    enums: Mapping[str, Mapping[str, Scalar]] = PLATFORM_ENUMS,
    cancelled: Callable[[], bool] | None = None,
) -> CompileError | None:
    """The first error in one program (agent or device code), or None when it compiles.

    A plain function of its arguments: no clock, no shared state, safe in any thread. Time is
    linear in the size; run it off the event loop. Deep nesting ends in an error of its
    own, never in a Python one.

    Args:
        code: One program. `#require` and `#line` lines are comments here.
        enums: Enumerations the platform puts in front of the code, such as `__EI`; their
            rows are not counted. Names of others are looked up at run time.
        cancelled: Asked now and then; when it says yes, the check stops.

    Raises:
        Abandoned: `cancelled` said yes.

    Source: contract 12.4, 16.
    """
    try:
        parse(scan(code, cancelled), enums, cancelled=cancelled, keep=False)
    except Rejected as refused:
        return refused.error
    return None

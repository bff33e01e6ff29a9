"""Names that the imp provides and that highlighting marks.

Methods of types (`len`, `push`) and libraries are left out, because neither is a name of its own. Source: Electric Imp's API
reference and Squirrel 3.0's standard library.
"""

from __future__ import annotations

OBJECTS = ("agent", "crypto", "device", "hardware", "http", "imp", "math", "mqtt", "nv", "server")
"""Tables at the root of every program. Some exist only on the device or only in the agent."""

GLOBAL_FUNCTIONS = (
    "array",
    "assert",
    "blob",
    "callee",
    "castf2i",
    "casti2f",
    "collectgarbage",
    "date",
    "error",
    "format",
    "getroottable",
    "lstrip",
    "newthread",
    "print",
    "regexp",
    "regexp2",
    "rstrip",
    "setroottable",
    "split",
    "strip",
    "suspend",
    "swap2",
    "swap4",
    "swapfloat",
    "time",
    "type",
)
"""Functions that are marked only where they are called, because their names are everyday words."""

CONSTANTS = (
    r"(?:DIGITAL|ANALOG|CLOCK|PARITY|WAKEREASON|SHUTDOWN|ENVIRONMENT|USB|SPIFLASH|BLINKUP|A_LAW)_[A-Z0-9_]+"
    r"|PWM_OUT|NO_CTSRTS|NO_SCLK|MSB_FIRST|LSB_FIRST|SIMPLEX_TX|SIMPLEX_RX|SERVER_CONNECTED|WAIT_TIL_SENT|WAIT_FOR_ACK"
    r"|RETURN_ON_ERROR|SUSPEND_ON_ERROR|NORMALISE|AUDIO|RAND_MAX|PI"
)
"""Regular expression for the constants of the imp API, by family."""

"""Text of values for messages and `tostring()`, and conversion to and from Python text."""

from __future__ import annotations

from imptui.squirrel.interpreter.values import Value, type_name


def error_name(value: Value) -> str:
    """Return the name of a value in error messages: text and numbers as they are, other values by type."""
    if isinstance(value, str):
        return value
    if type(value) is int:
        return str(value)
    return f"{value:.14g}" if type(value) is float else type_name(value)


def float_text(number: float) -> str:
    """Return a float as the imp prints it, with six digits at most."""
    return f"{number:g}"


def to_python_text(text: str) -> str:
    """Decode Squirrel text; bytes that are no UTF-8 become the replacement character."""
    return text.encode("latin-1", "replace").decode("utf-8", "replace")


def from_python_text(text: str) -> str:
    """Encode Python text as Squirrel text, one character per byte."""
    return text.encode("utf-8", "surrogatepass").decode("latin-1")

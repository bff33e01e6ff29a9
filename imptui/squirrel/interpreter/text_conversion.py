"""Converts values to text for messages and `tostring()`, and Squirrel text to Python text and back."""

from __future__ import annotations

from imptui.squirrel.interpreter.values import Value, type_name


def error_name(value: Value) -> str:
    """Return how an error message names a value: text and numbers as they are, the rest by type."""
    if isinstance(value, str):
        return value
    if type(value) is int:
        return str(value)
    return f"{value:.14g}" if type(value) is float else type_name(value)


def float_text(number: float) -> str:
    """A float as the imp prints it: six digits at most."""
    return f"{number:g}"


def to_python_text(text: str) -> str:
    """Bytes of Squirrel text to characters; bytes that are no UTF-8 become the replacement sign."""
    return text.encode("latin-1", "replace").decode("utf-8", "replace")


def from_python_text(text: str) -> str:
    """Characters to Squirrel text, one character per byte."""
    return text.encode("utf-8", "surrogatepass").decode("latin-1")

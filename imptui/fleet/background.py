"""Tells the work that the fleet does by itself from work that somebody asked for."""

from contextvars import ContextVar

IN_BACKGROUND: ContextVar[bool] = ContextVar("IN_BACKGROUND", default=False)
"""True in the tasks that `Fleet.start` begins, and in the threads that they use."""

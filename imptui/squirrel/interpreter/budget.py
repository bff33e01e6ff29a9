"""Budget, time and timers of a running program."""

from __future__ import annotations

import contextlib
import heapq
from collections.abc import Iterator

from imptui.squirrel.interpreter.environment import Ending, ExecutionBudget, ProgramHost
from imptui.squirrel.interpreter.text_conversion import to_python_text
from imptui.squirrel.interpreter.values import Value

_STEP_S = 20e-6
"""The program's own time for one step, in seconds, so that loops that wait for time end."""


class ProgramStopped(Exception):
    """The program is over; its code cannot catch this."""

    def __init__(self, ending: Ending) -> None:
        super().__init__(ending.value)
        self.ending = ending


class RunningBudget:
    """Budget, time and timers of one running program, and its log."""

    def __init__(self, host: ProgramHost, budget: ExecutionBudget) -> None:
        self.host = host
        self.horizon_s = float("inf")
        self._steps_left = budget.steps
        self._memory_left = budget.memory_bytes
        self._lines_left = budget.lines
        self._event_at_s = 0.0
        self._steps_at_event = budget.steps
        self._timers: list[tuple[float, int, Value, list[Value]]] = []
        self._cancelled: set[int] = set()
        self._timer_count = 0

    # Budget

    def spend(self, steps: int = 1) -> None:
        """Subtract steps from the budget; the program stops when it is used up."""
        self._steps_left -= steps
        if self._steps_left < 0:
            raise ProgramStopped(Ending.OUT_OF_STEPS)

    def allocate(self, size_bytes: int) -> None:
        """Subtract memory from the budget before it is allocated."""
        self._memory_left -= size_bytes
        if self._memory_left < 0:
            raise ProgramStopped(Ending.OUT_OF_MEMORY)

    @contextlib.contextmanager
    def separate_budget(self, steps: int, memory_bytes: int) -> Iterator[None]:
        """Use a separate budget for work on behalf of the caller, not of the program."""
        before = self._steps_left, self._memory_left
        self._steps_left, self._memory_left = steps, memory_bytes
        try:
            yield
        finally:
            self._steps_left, self._memory_left = before

    # Time and timers

    @property
    def at_s(self) -> float:
        """Return seconds since the restart, in the program's own time."""
        return self._event_at_s + (self._steps_at_event - self._steps_left) * _STEP_S

    def start_event(self, at_s: float) -> None:
        """Set the program's time for an event: `at_s`, or later if the program is still busy."""
        self._event_at_s = max(at_s, self.at_s)
        self._steps_at_event = self._steps_left

    def sleep(self, seconds: float) -> None:
        """Block for a while; a program that blocks past the horizon ends."""
        self.start_event(self.at_s + max(0.0, seconds))
        if self.at_s > self.horizon_s:
            raise ProgramStopped(Ending.ASLEEP)

    def call_later(self, seconds: float, function: Value, arguments: list[Value]) -> int:
        """Schedule a call of a function; return the timer's number for `cancel`."""
        self.allocate(64)
        self._timer_count += 1
        heapq.heappush(self._timers, (self.at_s + max(0.0, seconds), self._timer_count, function, arguments))
        return self._timer_count

    def cancel(self, timer: int) -> None:
        """Cancel a timer; unknown numbers are ignored."""
        self._cancelled.add(timer)

    def pause(self, for_s: float) -> None:
        """Postpone all timers, because the program pauses for a while."""
        self._timers = [(timer[0] + for_s, *timer[1:]) for timer in self._timers]

    def due_s(self) -> float | None:
        """Return the time of the next timer; None if there is none."""
        while self._timers and self._timers[0][1] in self._cancelled:
            self._cancelled.discard(heapq.heappop(self._timers)[1])
        return self._timers[0][0] if self._timers else None

    def pop_due(self) -> tuple[float, Value, list[Value]]:
        """Remove and return the next timer."""
        due_s, _, function, arguments = heapq.heappop(self._timers)
        return due_s, function, arguments

    # Log

    def log(self, kind: str, text: str) -> None:
        """Print a line; `text` has one character per byte."""
        self._lines_left -= 1
        if self._lines_left < 0:
            raise ProgramStopped(Ending.TOO_MANY_LINES)
        self.host.log(self.at_s, "error" if kind == "error" else "log", to_python_text(text))

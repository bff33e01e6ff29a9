"""Budget, time and timers of a running program."""

from __future__ import annotations

import contextlib
import heapq
from collections.abc import Iterator

from imptui.squirrel.interpreter.environment import Ending, ExecutionBudget, ProgramHost
from imptui.squirrel.interpreter.text_conversion import to_python_text
from imptui.squirrel.interpreter.values import Value

_STEP_S = 20e-6
"""The programs' own time that one step takes, so that waiting loops end."""


class ProgramStopped(Exception):
    """Ends a program; Squirrel code cannot catch it."""

    def __init__(self, ending: Ending) -> None:
        super().__init__(ending.value)
        self.ending = ending


class RunningBudget:
    """Spent steps and memory, time, timers and printed lines of one running program."""

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

    # Costs

    def spend(self, steps: int = 1) -> None:
        """Count work done; the program stops when it has had enough."""
        self._steps_left -= steps
        if self._steps_left < 0:
            raise ProgramStopped(Ending.OUT_OF_STEPS)

    def allocate(self, size_bytes: int) -> None:
        """Count memory before it is taken."""
        self._memory_left -= size_bytes
        if self._memory_left < 0:
            raise ProgramStopped(Ending.OUT_OF_MEMORY)

    @contextlib.contextmanager
    def lent(self, steps: int, memory_bytes: int) -> Iterator[None]:
        """A budget of its own for what is done about the program, not by it."""
        before = self._steps_left, self._memory_left
        self._steps_left, self._memory_left = steps, memory_bytes
        try:
            yield
        finally:
            self._steps_left, self._memory_left = before

    # Time

    @property
    def at_s(self) -> float:
        """Seconds since the restart, in the program's own time."""
        return self._event_at_s + (self._steps_at_event - self._steps_left) * _STEP_S

    def start_event(self, at_s: float) -> None:
        """Something happens to the program at this time, or later when it is still busy."""
        self._event_at_s = max(at_s, self.at_s)
        self._steps_at_event = self._steps_left

    def sleep(self, seconds: float) -> None:
        """Block for a while; a program that blocks past the horizon ends."""
        self.start_event(self.at_s + max(0.0, seconds))
        if self.at_s > self.horizon_s:
            raise ProgramStopped(Ending.ASLEEP)

    def after(self, seconds: float, function: Value, arguments: list[Value]) -> int:
        """Have a function called later; the number is for `cancel`."""
        self.allocate(64)
        self._timer_count += 1
        heapq.heappush(self._timers, (self.at_s + max(0.0, seconds), self._timer_count, function, arguments))
        return self._timer_count

    def cancel(self, timer: int) -> None:
        """Forget a timer; unknown ones do no harm."""
        self._cancelled.add(timer)

    def rest(self, for_s: float) -> None:
        """Let the program stand still for a while: what is due then comes that much later."""
        self._timers = [(timer[0] + for_s, *timer[1:]) for timer in self._timers]

    def due_s(self) -> float | None:
        """Return when the next timer is due."""
        while self._timers and self._timers[0][1] in self._cancelled:
            self._cancelled.discard(heapq.heappop(self._timers)[1])
        return self._timers[0][0] if self._timers else None

    def take_due(self) -> tuple[float, Value, list[Value]]:
        """The next timer, off the list."""
        due_s, _, function, arguments = heapq.heappop(self._timers)
        return due_s, function, arguments

    # Words to the outside

    def log(self, kind: str, text: str) -> None:
        """Print a line; `text` has one character per byte."""
        self._lines_left -= 1
        if self._lines_left < 0:
            raise ProgramStopped(Ending.TOO_MANY_LINES)
        self.host.log(self.at_s, "error" if kind == "error" else "log", to_python_text(text))

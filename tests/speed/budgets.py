"""What was measured against what it may be, and the table of it."""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of the table: a value, what it is compared with, and what it may be."""

    what: str
    measured: float
    budget: float
    """As a multiple of the baseline; without a baseline, in the unit of what was measured."""
    unit: str = "ms"
    baseline: float | None = None
    against: str = ""
    """What the baseline is, in words."""
    tried: str = ""
    """What was done about it and what is left, for when it is not within its budget."""

    @property
    def ratio(self) -> float:
        """The value as its budget counts it."""
        if self.baseline is None:
            return self.measured
        return self.measured / self.baseline if self.baseline else float(self.measured > 0) * 999

    @property
    def is_met(self) -> bool:
        """Whether it is within its budget."""
        return self.ratio <= self.budget

    def verdict(self) -> str:
        """Met, or by how much not."""
        if self.is_met:
            return "met"
        return (
            f"**over by {self.ratio / self.budget - 1:.0%}**" if self.budget else f"**over by {self.measured:,.0f} {self.unit}**"
        )

    def cells(self) -> list[str]:
        """Its row: what, measured, baseline, ratio, budget, met."""
        if self.baseline is None:
            return [
                self.what,
                _shown(self.measured, self.unit),
                self.against or "-",
                "-",
                _shown(self.budget, self.unit),
                self.verdict(),
            ]
        against = f"{_shown(self.baseline, self.unit)} {self.against}".strip()
        return [self.what, _shown(self.measured, self.unit), against, f"{self.ratio:.2f}", f"≤ {self.budget:g} ×", self.verdict()]


@dataclass(slots=True)
class Bench:
    """How much is measured, and where what is prepared lies."""

    folder: Path
    devices: int = 1_000_000
    is_quick: bool = False
    idle_s: float = 20.0
    """How long idleness is watched."""

    def times(self, usual: int, quick: int = 2) -> int:
        """How often something is repeated."""
        return quick if self.is_quick else usual


Measure = Callable[[Bench], list[Figure]]

HEAD = ["what", "measured", "baseline", "ratio", "budget", "met"]


def median(values: Sequence[float]) -> float:
    """The usual one."""
    return statistics.median(values)


def p95(values: Sequence[float]) -> float:
    """What 95 of 100 stay below."""
    return sorted(values)[min(len(values) - 1, int(len(values) * 0.95))]


def table(figures: Sequence[Figure]) -> str:
    """All rows, as Markdown."""
    lines = ["| " + " | ".join(row) + " |" for row in [HEAD, ["---"] * len(HEAD), *(each.cells() for each in figures)]]
    missed = [f"- {each.what}: {each.tried}" for each in figures if each.tried and not each.is_met]
    tail = ["", "What was tried where a budget is missed:", "", *missed] if missed else []
    return "\n".join([*lines, *tail]) + "\n"


def machine() -> str:
    """What it was measured on."""
    system = f"Python {platform.python_version()}, {os.cpu_count()} processors"
    return f"{datetime.now(UTC):%Y-%m-%d}, {system}, load {os.getloadavg()[0]:.1f} at the end"


def _shown(value: float, unit: str) -> str:
    digits = 0 if value >= 100 or value == int(value) else 1 if value >= 10 else 2
    return f"{value:,.{digits}f} {unit}".strip()

"""What a command may ask of the console it runs in. The application is one; tests may bring a smaller one."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from imptui.domain.ids import DeploymentId, DeviceId, GroupId, ProductId
from imptui.query.query import Scope
from imptui.tui.commands.questions import Form, Menu, Question, Report

if TYPE_CHECKING:
    from imptui.config.contexts import NamedContext
    from imptui.domain.rows import DeviceRow
    from imptui.fleet.deployments.draft import UnfinishedReview
    from imptui.fleet.fleet import Fleet


class CodePlace(Struct, frozen=True):
    """A line of one of the programs of a deployment."""

    program: str
    """`agent` or `device`."""
    line: int
    """From 1."""
    needle: str = ""
    """What is looked for there; empty: nothing."""


class Console(Protocol):
    """The verbs of the terminal, without its widgets."""

    @property
    def fleet(self) -> "Fleet":
        """What is known and what can be done."""
        ...

    def say(self, text: str) -> None:
        """One sentence at the bottom, for some seconds; foreign parts are made safe there."""
        ...

    def fail(self, attempt: str, error: Exception) -> None:
        """One sentence about what did not work, kept in the list of errors (`!`)."""
        ...

    async def ask(self, question: Question) -> bool:
        """Whether the person confirmed."""
        ...

    async def choose(self, menu: Menu) -> str | None:
        """The key of the chosen option, None when nothing was chosen."""
        ...

    async def fill(self, form: Form) -> Mapping[str, str] | None:
        """What was filled in, None when it was given up."""
        ...

    async def show(self, report: Report) -> None:
        """Lines to read, until they are closed."""
        ...

    async def act(self, action: str, *given: object) -> None:
        """An action of the focused widget, the screen or the application, such as `zoom` or `sort_menu`, with what it takes."""
        ...

    def copy(self, text: str, what: str) -> None:
        """Into the clipboard of the person's terminal, or a file when that is not to be had; says which."""
        ...

    def notice(self, rows: "Sequence[DeviceRow]") -> None:
        """Tell when something happens to these devices, or no longer where all of them are noticed."""
        ...

    def open_device(self, device_id: DeviceId) -> None:
        """The device screen."""
        ...

    def open_code(self, deployment_id: DeploymentId, place: CodePlace | None = None) -> None:
        """The code screen of a deployment, at a place in it."""
        ...

    def open_rollout(self, deployment_id: DeploymentId, before_id: DeploymentId | None = None) -> None:
        """How far a deployment has come; `before_id` is what `B` goes back to."""
        ...

    def open_lineage(self, product_id: ProductId, group_id: GroupId | None = None) -> None:
        """Where the code of a product went, with a group chosen."""
        ...

    def open_cleaning(self, group_id: GroupId) -> None:
        """Which old deployments of a group would go."""
        ...

    def open_code_search(self, text: str = "") -> None:
        """A text in all code that was ever read; without one it is asked for."""
        ...

    def open_review(self, group_id: GroupId, source_id: DeploymentId | None = None) -> None:
        """The review of what would be deployed to a group: from a deployment, or from what is asked for there."""
        ...

    def resume_review(self, unfinished: "UnfinishedReview") -> None:
        """A review that was kept, as it was left."""
        ...

    def open_deployments(self, *, group_id: GroupId | None = None, product_id: ProductId | None = None) -> None:
        """The history of a group or product."""
        ...

    def open_logs(self, device_ids: tuple[DeviceId, ...], title: str, group_id: GroupId | None = None) -> None:
        """The live log of some devices, or of whoever is in a group."""
        ...

    def open_line(self, group_id: GroupId) -> None:
        """The production line of a fixture group."""
        ...

    def show_scope(self, scope: Scope) -> None:
        """The fleet screen with the devices of a scope."""
        ...

    def contexts(self) -> "tuple[NamedContext, ...]":
        """Every context that somebody logged in to, and the demonstration."""
        ...

    def switch_context(self, name: str) -> None:
        """End this console and open one on another context."""
        ...

    def set_read_only(self, because: str | None) -> None:
        """Refuse every change from now on, or allow them again; says so, or why not."""
        ...

    def export_path(self, what: str, suffix: str) -> Path:
        """A new file of one's own below the exports folder, made and empty."""
        ...

    def open_url(self, url: str) -> None:
        """A browser where there is one, else the clipboard."""
        ...

    def keep_marks(self, device_ids: set[DeviceId]) -> None:
        """Of what was marked, these were not dealt with."""
        ...

    def forget_marks(self) -> None:
        """What was marked has been dealt with."""
        ...

"""The lineage screen: the code of a product in development, rehearsal, factory and field, and which groups are behind."""

from collections.abc import Iterable
from typing import ClassVar

from msgspec.structs import replace
from textual import on, work
from textual.widget import Widget

from imptui.domain.ids import GroupId, ProductId
from imptui.fleet.read_model import DeploymentRow
from imptui.tui.commands.command import Situation
from imptui.tui.commands.routes import DeploymentsRoute, ReviewRoute
from imptui.tui.present.look import Piece
from imptui.tui.present.safe import safe
from imptui.tui.screens.compare import ComparePage, side_of
from imptui.tui.screens.page import Page
from imptui.tui.widgets.lineage_view import LineageView
from imptui.tui.widgets.painted import PaintedLine


class LineagePage(Page):
    """Shows the lineage of a product; follows changes of the cache.

    Args:
        product_id: The product.
        group_id: The group that is chosen at first.
    """

    page_name: ClassVar[str] = "lineage"

    def __init__(self, product_id: ProductId, group_id: GroupId | None = None) -> None:
        super().__init__()
        self.product_id = product_id
        self.view = LineageView(id="lineage")
        self.view.chosen = group_id
        self.product_name = ""
        self._current: DeploymentRow | None = None

    def compose_body(self) -> Iterable[Widget]:
        """Lay out a title, the groups, and a line about the chosen one."""
        self.title_line, self.status = PaintedLine(id="list-title"), PaintedLine(id="status")
        yield self.title_line
        yield self.view
        yield self.status

    def panes(self) -> list[Widget]:
        """Return the lineage view, the only pane."""
        return [self.view]

    def opened(self) -> None:
        """Read the lineage."""
        self.focus_pane(self.view)
        self._load()

    @work(exclusive=True, group="lineage")
    async def _load(self) -> None:
        """Read the lineage from the cache."""
        product = await self.fleet.look.product(self.product_id)
        self.product_name = product.name if product is not None else self.product_id
        self.view.show_lineage(await self.fleet.lineages.of_product(self.product_id), self.host.now())
        await self._read_chosen()

    def fleet_changed(self) -> None:
        """Read the lineage again."""
        super().fleet_changed()
        self._load()

    @on(LineageView.Chosen)
    def _chosen(self) -> None:
        self._load_chosen()

    @work(exclusive=True, group="chosen")
    async def _load_chosen(self) -> None:
        await self._read_chosen()

    async def _read_chosen(self) -> None:
        """Read the current deployment of the chosen group."""
        node = self.view.node
        current = node.current if node is not None else None
        self._current = await self.fleet.look.deployment(current.id) if current is not None else None
        self._paint_title()
        self.offer_hints()

    def _paint_title(self) -> None:
        if not self.is_ready or self.view.lineage is None:
            return
        found = self.view.lineage
        inferred = sum(not path.is_told for path in found.paths)
        said = f"  {len(found.nodes)} groups, {len(found.paths)} ways"
        said += f", {inferred} inferred from the sha alone" if inferred else ""
        said += "; who restarted is inferred"
        title: list[Piece] = [(" Lineage of ", "title"), (safe(self.product_name), "title-focus"), (said, "dim")]
        self.title_line.show_pieces(title)
        row = self._current
        words = "nothing was deployed to it"
        if row is not None:
            words = f"{row.deployment.sha[:12]} {row.deployment.description or ''}"
            words += f"  origin {row.deployment.origin}" if row.deployment.origin else ""
        name = self.view.node.group.name if self.view.node is not None else ""
        self.status.show_pieces([(f" {safe(name)}  ", ""), (safe(words), "dim")])

    def situation(self, key: str | None = None) -> Situation:
        """Add the chosen group."""
        node = self.view.node
        if node is None:
            return super().situation(key)
        row = self._current  # The deployment may still be that of the group chosen before.
        is_its_own = row is not None and node.current is not None and row.deployment.id == node.current.id
        return replace(super().situation(key), group=node.group, tally=node.tally, deployment=row if is_its_own else None)

    @on(LineageView.Opened)
    def _open_history(self) -> None:
        """Open the deployments of the chosen group."""
        if self.view.node is not None:
            self.host.navigator.open(DeploymentsRoute(group_id=self.view.node.group.id))

    def action_compare_source(self) -> None:
        """Compare the chosen group with its source group."""
        self._compare_source()

    @work(exclusive=True, group="compare")
    async def _compare_source(self) -> None:
        """Compare both current deployments, the group's own as the old side."""
        node, found = self.view.node, self.view.lineage
        source = found.node(node.behind.source_id) if found is not None and node is not None and node.behind is not None else None
        if source is None or source.current is None or self._current is None:
            self.host.show_message("Its code came from no other group here.")
            return
        newer = await self.fleet.look.deployment(source.current.id)
        if newer is not None:
            self.host.navigator.show(
                ComparePage(side_of(self._current, self.fleet.programs), side_of(newer, self.fleet.programs))
            )

    def action_promote_source(self) -> None:
        """Open a review that promotes the source group's code to the chosen group."""
        node, found = self.view.node, self.view.lineage
        if node is None:
            return
        source = found.node(node.behind.source_id) if found is not None and node.behind is not None else None
        if source is None or source.current is None or (node.behind is not None and node.behind.deployments == 0):
            self.host.navigator.open(ReviewRoute(node.group.id))
        else:
            self.host.navigator.open(ReviewRoute(node.group.id, source.current.id))

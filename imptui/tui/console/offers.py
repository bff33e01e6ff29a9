"""The actions that each screen and pane offers, stated for mypy and for readers; never executed.

mypy refuses a class here that lacks a method of its protocol, or has it with another signature. At run time `Dispatcher.target`
finds the object nearest to the focus.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imptui.tui.commands import actions
    from imptui.tui.console.dispatcher import Dispatcher
    from imptui.tui.console.everywhere import EverywhereActions
    from imptui.tui.screens.cleaning import CleaningPage
    from imptui.tui.screens.code import CodePage
    from imptui.tui.screens.code_search import CodeSearchPage
    from imptui.tui.screens.deployments import DeploymentsPage
    from imptui.tui.screens.device import DevicePage
    from imptui.tui.screens.factory_line import FactoryLinePage
    from imptui.tui.screens.fleet import FleetPage
    from imptui.tui.screens.lineage import LineagePage
    from imptui.tui.screens.logs import LogsPage
    from imptui.tui.screens.page import Page
    from imptui.tui.screens.reading import ReadingPage
    from imptui.tui.screens.review import ReviewPage
    from imptui.tui.screens.rollout import RolloutPage
    from imptui.tui.widgets.choice_list import ChoiceList
    from imptui.tui.widgets.code_view import CodeView
    from imptui.tui.widgets.deployment_list import DeploymentList
    from imptui.tui.widgets.diff_view import DiffView
    from imptui.tui.widgets.filter_bar import FilterBar
    from imptui.tui.widgets.fleet_table import FleetTable
    from imptui.tui.widgets.found_list import FoundList
    from imptui.tui.widgets.lineage_view import LineageView
    from imptui.tui.widgets.lines_view import LinesView
    from imptui.tui.widgets.log_view import LogView
    from imptui.tui.widgets.product_tree import ProductTree
    from imptui.tui.widgets.search_bar import SearchBar
    from imptui.tui.widgets.text_pane import TextPane

    LINE_MOVES: tuple[type[actions.LineMoves], ...] = (FleetTable, ProductTree, TextPane, LinesView, LineageView)
    PAGE_MOVES: tuple[type[actions.PageMoves], ...] = (FleetTable, ProductTree, TextPane, LinesView)
    HALF_PAGE_MOVES: tuple[type[actions.HalfPageMoves], ...] = (FleetTable, ProductTree, TextPane, LinesView)
    SIDEWAYS_MOVES: tuple[type[actions.SidewaysMoves], ...] = (FleetTable, ProductTree, TextPane, LineageView)
    OPENABLE: tuple[type[actions.Openable], ...] = (
        FleetTable,
        ProductTree,
        FleetPage,
        DeploymentList,
        ChoiceList,
        FoundList,
        LineageView,
    )
    MARKABLE: tuple[type[actions.Markable], ...] = (FleetTable, ProductTree, FleetPage, LogsPage)
    RANGE: tuple[type[actions.RangeActions], ...] = (FleetTable, TextPane)
    MATCH: tuple[type[actions.MatchActions], ...] = (TextPane, DiffView)
    PROGRAM: tuple[type[actions.ProgramActions], ...] = (CodeView, DiffView)
    LAYOUT: tuple[type[actions.LayoutActions], ...] = (DiffView, LineageView)
    DIFF: type[actions.DiffActions] = DiffView
    TABLE: type[actions.TableActions] = FleetTable
    LOG_VIEW: type[actions.LogViewActions] = LogView

    BACK: tuple[type[actions.BackActions], ...] = (Page, SearchBar)
    PANE: type[actions.PaneActions] = Page
    HELP: tuple[type[actions.HelpActions], ...] = (FilterBar, EverywhereActions)
    REFRESH: tuple[type[actions.RefreshActions], ...] = (LogsPage, CleaningPage, CodeSearchPage, EverywhereActions)
    LIST: type[actions.ListActions] = FleetPage
    HISTORY: type[actions.HistoryActions] = FleetPage
    THING: tuple[type[actions.ThingActions], ...] = (FleetPage, DevicePage)
    SEARCH: type[actions.SearchActions] = ReadingPage
    LINES: type[actions.LineActions] = ReadingPage
    TEXT: type[actions.TextActions] = ReadingPage
    OUTLINE: type[actions.OutlineActions] = CodePage
    HISTORY_LIST: type[actions.HistoryListActions] = DeploymentsPage
    REVIEW: type[actions.ReviewActions] = ReviewPage
    ROLLOUT: type[actions.RolloutActions] = RolloutPage
    LOGS: type[actions.LogsActions] = LogsPage
    FACTORY_LINE: type[actions.FactoryLineActions] = FactoryLinePage
    LINEAGE: type[actions.LineageActions] = LineagePage
    CLEANING: type[actions.CleaningActions] = CleaningPage

    COMMANDS: type[actions.CommandActions] = Dispatcher
    CONSOLE: type[actions.ConsoleActions] = EverywhereActions

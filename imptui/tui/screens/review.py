"""Deciding about a draft: mend it, choose other programs, flag it, say what devices do then, discard it, deploy it."""

import asyncio

from imptui.client.errors import NoAnswer
from imptui.domain.deployment import Programs
from imptui.domain.errors import Refused
from imptui.fleet.deployments.deploy import BaseMoved, Deployed
from imptui.fleet.deployments.draft import Draft, RestartMode
from imptui.tui.commands.questions import Menu, Option, Question, Report
from imptui.tui.commands.review_page import deploy_question
from imptui.tui.present.review import RESTARTS
from imptui.tui.screens.draft import DraftPage
from imptui.tui.screens.draft_code import DraftCodePage


class ReviewPage(DraftPage):
    """A draft, and the key that deploys it. See `DraftPage` for the arguments."""

    def action_choose_source(self) -> None:
        """Other programs."""
        self.source_id = self._programs = self._unfinished = None
        self.begin()

    async def action_discard(self, key: str = "") -> None:
        """Ask, forget the draft, and leave."""
        draft = self.draft
        if draft is None:
            return
        lines = (f"From: {draft.source}", "What was written for it is forgotten. Nothing on the service changes.")
        if await self.host.ask(Question(f"Discard this review for {draft.group.name}?", lines, "Discard", opened_by=key or None)):
            self.keeper.stop()
            await self.fleet.deploys.drop(draft.key)
            self.host.navigator.close(self)
            self.host.say("The review is discarded; nothing was deployed.")

    def action_error(self) -> None:
        """To the line that the compiler refuses; again: to the next one."""
        draft, found = self.draft, self.checked
        if draft is None or not found:
            self.host.say("No error was found in the code." if found is not None else "The code is still being checked.")
            return
        message = found[self._error_at % len(found)]
        self._error_at += 1
        self.host.navigator.show(DraftCodePage(draft.programs, message, self._edited))

    def _edited(self, programs: Programs) -> None:
        draft = self.written()
        if draft is None:
            return
        self._programs, self._unfinished, self.source_id = programs, None, None
        self._source = draft.source if draft.source.startswith("an edited copy") else f"an edited copy of {draft.source}"
        self._origin, self._mended = draft.origin, draft
        self.keeper.stop()
        self.begin()

    # Deploying

    def action_flag(self) -> None:
        """Flag the new deployment, or not."""
        self.form.is_flagged = not self.form.is_flagged
        self._keep_soon()
        self._paint()

    async def action_restart(self, key: str = "") -> None:
        """None, conditional or hard."""
        options = tuple(Option(each.value, each.value, words, hotkey=each.value[0]) for each, words in RESTARTS.items())
        chosen = await self.host.choose(Menu("Restart the devices after deploying?", options, opened_by=key or None))
        if chosen is not None:
            self.form.restart = RestartMode(chosen)
            self._keep_soon()
            self._paint()

    async def action_deploy(self, key: str = "") -> None:
        """Ask once more, then deploy; what arrived meanwhile is compared with first."""
        draft = self.written()
        if draft is None:
            return
        if self.arrived is not None:
            await self._compare_anew(draft)
        elif await self.host.ask(deploy_question(draft, self.facts, self.checked, key)):
            await self._deploy(draft)

    async def _compare_anew(self, draft: Draft) -> None:
        try:
            fresh = await self.fleet.deploys.rebased(draft)
        except (Refused, NoAnswer) as error:
            self._fail("Compare with what arrived", error)
            return
        await self.take(fresh, keep_words=True)
        self.host.say("Compared with what arrived meanwhile; look, then press P again.")

    async def _deploy(self, draft: Draft) -> None:
        self.is_busy, self.trouble = True, None
        self.keeper.stop()
        self._paint()
        try:
            # A screen that goes away does not take the answer with it: the journal and the draft depend on it.
            done = await asyncio.shield(asyncio.ensure_future(self.fleet.deploys.deploy(draft)))
        except BaseMoved as error:
            await self.take(error.draft, keep_words=True)
            self.trouble = str(error)
            self.host.fail("Deploy", error)
        except (Refused, NoAnswer) as error:
            self._fail("Deploy", error)
        else:
            await self._deployed(done)
        finally:
            self.is_busy = False
            self._paint()
            if self.is_ready:
                self.offer_hints()

    async def _deployed(self, done: Deployed) -> None:
        from imptui.tui.screens.rollout import RolloutPage

        draft = self.draft
        lines = [f"{each.program} {each.row}:{each.column} {each.kind}: {each.text}" for each in done.warnings]
        if done.restart_failure is not None:
            lines.insert(0, f"Deployed, but not restarted: {done.restart_failure}. Press r to restart the devices.")
        if done.was_looked_up:
            lines.insert(0, "The answer was lost; the deployment was looked up and is there, once.")
        before = draft.base.id if draft is not None and draft.base is not None else None
        page = RolloutPage(done.deployment.id, before_id=before)
        self.host.navigator.replace(self, page)
        self.host.say(f"Deployed: {done.deployment.sha[:12]}.")
        if lines:
            await self.host.show(Report("Deployed", tuple(lines)))

"""Stores the webhooks of a world."""

import sqlite3
from collections.abc import Sequence
from typing import Any

from imptui.cloud.environment.clock import from_ms, to_ms, to_ms_or_none
from imptui.cloud.storage.paging import ListPage, Paging, page_of
from imptui.cloud.storage.type_numbers import TYPE_OF
from imptui.domain.ids import AccountId, GroupId, WebhookId
from imptui.domain.webhook import Webhook

_SELECT = """SELECT w.id, w.url, w.event, w.content_type, w.group_id, g.type, g.product_id, w.owner_id, w.creator_id,
  w.created_ms, w.updated_ms FROM webhook w JOIN device_group g ON g.id = w.group_id"""


class WebhookRepository:
    """Repository of the webhooks of all accounts."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def get(self, webhook_id: str) -> Webhook | None:
        """Return the webhook with this id, of any owner."""
        row = self._connection.execute(f"{_SELECT} WHERE w.id = ?", (webhook_id,)).fetchone()
        return None if row is None else _webhook(row)

    def page(self, owner_ids: Sequence[AccountId], group_id: GroupId | None, paging: Paging) -> ListPage[Webhook]:
        """Return a page of the webhooks of these accounts, of one group or of all, oldest first."""
        condition = f"w.owner_id IN ({', '.join('?' * len(owner_ids))})"
        values: list[object] = [*owner_ids]
        if group_id is not None:
            condition += " AND w.group_id = ?"
            values.append(group_id)
        sql = f"{_SELECT} WHERE {condition} ORDER BY w.created_ms, w.seq LIMIT ? OFFSET ?"
        rows = self._connection.execute(sql, (*values, paging.size + 1, paging.offset)).fetchall()
        return page_of([_webhook(row) for row in rows], paging)

    def for_event(self, group_id: str, event: str) -> list[Webhook]:
        """Return the webhooks for this event in this group, oldest first."""
        sql = f"{_SELECT} WHERE w.group_id = ? AND w.event = ? ORDER BY w.created_ms, w.seq"
        return [_webhook(row) for row in self._connection.execute(sql, (group_id, event))]

    def put(self, webhook: Webhook) -> None:
        """Store a webhook, new or changed."""
        sql = """INSERT INTO webhook (id, url, event, content_type, group_id, owner_id, creator_id, created_ms,
        updated_ms)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET url = excluded.url,
          content_type = excluded.content_type, updated_ms = excluded.updated_ms"""
        created, updated = to_ms(webhook.created_at), to_ms_or_none(webhook.updated_at)
        self._connection.execute(
            sql,
            (
                webhook.id,
                webhook.url,
                webhook.event,
                webhook.content_type,
                webhook.group_id,
                webhook.owner_id,
                webhook.creator_id,
                created,
                created if updated is None else updated,
            ),
        )

    def delete(self, webhook_id: WebhookId) -> None:
        """Delete a webhook by its id."""
        self._connection.execute("DELETE FROM webhook WHERE id = ?", (webhook_id,))

    def delete_of_group(self, group_id: GroupId) -> None:
        """Delete the webhooks of a group. Source: contract 8.7."""
        self._connection.execute("DELETE FROM webhook WHERE group_id = ?", (group_id,))


def _webhook(row: tuple[Any, ...]) -> Webhook:
    return Webhook(
        id=row[0],
        url=row[1],
        event=row[2],
        content_type=row[3],
        group_id=row[4],
        group_type=TYPE_OF[row[5]] or "",
        product_id=row[6],
        owner_id=row[7],
        creator_id=row[8],
        created_at=from_ms(row[9]),
        updated_at=from_ms(row[10]),
    )

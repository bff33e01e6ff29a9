"""Endpoints for webhooks. Source: contract 13."""

from imptui.cloud.api.route import NO_CONTENT, ApiAnswer, AuthenticatedCall, Route, one
from imptui.cloud.rules import webhook as rules
from imptui.cloud.wire.decode import document_of, filters_of, id_of, required_group
from imptui.domain.ids import GroupId, WebhookId

_FILTERS = ("devicegroup.id",)


def list_webhooks(call: AuthenticatedCall) -> ApiAnswer:
    """List the webhooks that the caller can see."""
    asked = filters_of(call.query, _FILTERS)
    page = rules.list_webhooks(call.world, rules.ListWebhooks(id_of(asked, "devicegroup.id", GroupId), call.paging), call.actor)
    return call.listed(page, call.encode.webhook)


def get_webhook(call: AuthenticatedCall) -> ApiAnswer:
    """Return one webhook by its id."""
    return one(call.encode.webhook(rules.get_webhook(call.world, call.params["webhook_id"], call.actor)))


def create_webhook(call: AuthenticatedCall) -> ApiAnswer:
    """Create a webhook for one event of one group."""
    document = document_of(call.body)
    document.expect("webhook")
    document.only(("url", "event", "content_type"), ("devicegroup",))
    _, group_id = required_group(document, call.dialect)
    url, event, content_type = (document.required_text(name) for name in ("url", "event", "content_type"))
    asked = rules.CreateWebhook(GroupId(group_id), url, event, content_type)
    return one(call.encode.webhook(rules.create_webhook(call.world, asked, call.actor)), 201)


def update_webhook(call: AuthenticatedCall) -> ApiAnswer:
    """Change the address or content type of a webhook."""
    webhook_id = call.params["webhook_id"]
    document = document_of(call.body)
    document.expect("webhook", webhook_id)
    document.only(("url", "content_type"))
    changes = document.changes({"url": document.required_text, "content_type": document.required_text})
    asked = rules.UpdateWebhook(WebhookId(webhook_id), **changes)
    return one(call.encode.webhook(rules.update_webhook(call.world, asked, call.actor)))


def delete_webhook(call: AuthenticatedCall) -> ApiAnswer:
    """Delete a webhook by its id."""
    rules.delete_webhook(call.world, call.params["webhook_id"], call.actor)
    return NO_CONTENT


_ONE = "/webhooks/{webhook_id}"

ROUTES = (
    Route("GET", "/webhooks", list_webhooks, "List webhooks", "Webhook", is_list=True, filters=_FILTERS),
    Route("POST", "/webhooks", create_webhook, "Make a webhook", "Webhook", "WebhookCreation", 201, refusals=(404, 409)),
    Route("GET", _ONE, get_webhook, "Read a webhook", "Webhook"),
    Route(
        "PATCH",
        _ONE,
        update_webhook,
        "Change where and how a webhook posts",
        "Webhook",
        "WebhookUpdate",
        refusals=(409,),
    ),
    Route("DELETE", _ONE, delete_webhook, "Delete a webhook", status=204),
)

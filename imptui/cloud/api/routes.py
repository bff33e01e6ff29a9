"""The table of routes: everything the API answers. Source: contract 0.3."""

from imptui.cloud.api import accounts, assignment, auth, deployments, devices, groups, products, webhooks
from imptui.cloud.api import log_streams as logstreams
from imptui.cloud.api.route import Route

ROUTES: tuple[Route, ...] = (
    *auth.ROUTES,
    *accounts.ROUTES,
    *products.ROUTES,
    *groups.ROUTES,
    *assignment.ROUTES,
    *devices.ROUTES,
    *deployments.ROUTES,
    *webhooks.ROUTES,
    *logstreams.ROUTES,
)

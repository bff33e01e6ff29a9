"""The table of routes: everything the API answers. Source: contract 0.3."""

from imptui.cloud.app import (
    accounts,
    assignment,
    auth,
    deployments,
    devices,
    groups,
    logstreams,
    products,
    webhooks,
)
from imptui.cloud.app.route import Route

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

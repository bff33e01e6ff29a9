"""The Starlette application: routes, who is asking, the request budget, log streams, webhook posts."""

from imptui.cloud.api.application import DEFAULT_LIMIT, build_app, posting, running
from imptui.cloud.api.webhook_deliveries import Reach

__all__ = ["DEFAULT_LIMIT", "Reach", "build_app", "posting", "running"]

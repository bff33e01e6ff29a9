"""The Starlette application: routes, who is asking, the request budget, log streams, webhook posts."""

from imptui.cloud.app.build import DEFAULT_LIMIT, build_app, posting, running
from imptui.cloud.app.deliveries import Reach

__all__ = ["DEFAULT_LIMIT", "Reach", "build_app", "posting", "running"]

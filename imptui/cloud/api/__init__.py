"""The Starlette application: routes, authentication, request budget, log streams, webhook posts."""

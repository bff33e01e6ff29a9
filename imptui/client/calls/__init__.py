"""The calls of the API, one module per resource. Each group of calls holds the session that it calls through."""

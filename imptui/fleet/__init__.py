"""Use-cases: the only room that knows both the service and the cache."""

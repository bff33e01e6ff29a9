"""The engine: a model of impCloud behind the v5 API."""

"""Passes over the whole account, page by page, into the cache."""

"""Passes over the whole account, page by page, into the cache.

class Sync:
    def start() -> None          begin a pass in the background unless one runs; the first starts by itself, others every few minutes
    async run() -> None          one whole pass; raises what stopped it
    def cancel() -> None
    progress: Progress | None
"""

"""Use-cases: the only room that knows both the service and the cache.

Screens and commands hold a `Fleet`. The read model answers questions from the cache alone. A change goes to the service
first; the fleet saves the answer, then notifies the listeners. Long work (passes over the account, log streams, keeping
readings fresh) runs in tasks that the fleet starts and ends.
"""

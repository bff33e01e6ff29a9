"""Use-cases: the only room that knows both the service and the cache.

`Fleet` is the face that screens and commands hold. A question is answered by the read model, from the cache alone. A
change goes to the service first; what comes back is saved, and only then listeners are notified. Long work (passes over
the account, log streams, keeping readings fresh) runs in tasks that the fleet starts and ends.
"""

"""Changes of products, groups and devices on the service, written through to the cache.

Each operation checks the policy first, so that a known refusal costs no request. The answer of the service is saved before
listeners are notified; a thing that the service no longer has is deleted from the cache.
"""

"""The Starlette application: routes, authentication, request budget, log streams, webhook posts.

A request is read on the loop; everything else happens in one go in a worker thread, so that the loop never waits for
the world. `routes` is the table of all that is answered. A handler decodes, calls one rule and encodes; it decides
nothing. Log lines reach streams through the publisher and the hub, which put them on the loop of the listener.
"""

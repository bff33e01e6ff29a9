"""The Starlette application: routes, authentication, request budget, log streams, webhook posts.

A request is read on the loop; one worker thread does everything else, so that the loop never waits for the world.
`routes` is the table of all endpoints. A handler decodes, calls one rule and encodes; it decides nothing. Log lines
reach streams through the publisher and the hub, which put them on the loop of the listener.
"""

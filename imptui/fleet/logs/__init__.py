"""Device logs: history merged with the live stream.

One stream of the service is shared by everybody who listens, within its limit of devices. Entries pass through a buffer
that drops the oldest and counts them; gaps after a lost connection are filled from the history and reported.
"""

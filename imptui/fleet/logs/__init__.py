"""Device logs: history merged with the live stream.

All listeners share one stream of the service, within its limit of devices. Entries pass through a buffer that drops the
oldest and counts them. Gaps after a lost connection are filled from the history and reported.
"""

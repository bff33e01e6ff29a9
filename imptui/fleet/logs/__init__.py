"""Device logs: history merged with the live stream."""

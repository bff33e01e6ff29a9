"""Pure functions of a seed and the time: clock, random source, presence, telemetry, hardware.

Signal and free memory of a device at a moment are computed, not stored, so that a device without readers costs nothing.
Nothing here has storage, threads or a clock of its own: equal seeds and times give equal answers, and a test replays a
day in a millisecond.
"""

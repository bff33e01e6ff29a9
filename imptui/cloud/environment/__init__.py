"""Pure functions of a seed and the time: clock, random source, presence, telemetry, hardware. No storage, no threads."""

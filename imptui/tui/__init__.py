"""The console on a terminal."""

"""Simulates what happens in a world by itself: devices connect and disconnect, the factory line runs, programs print."""

"""imptui: a terminal console for fleets of Electric Imp devices, with its own embedded impCloud."""

__version__ = "0.1.0"

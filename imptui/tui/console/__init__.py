"""The parts of the application: input router, dispatcher, navigator, notifier, and what works on every screen."""

"""Runs agent and device code for the first seconds after a restart and collects what both sides print.

    environment.py  what the code may know, what it may cost, what it prints
    machine.py      one side of one device
    session.py      agent and device together

Nothing here has a clock, randomness or a thread of its own: equal arguments, equal output.
"""

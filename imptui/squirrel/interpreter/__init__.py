"""Runs agent and device code for the first seconds after a restart, and collects the lines that both print.

    environment.py  inputs, budget and host of a program
    machine.py      one side of one device
    session.py      agent and device together

Nothing here has a clock, randomness or a thread of its own: equal arguments give equal output.
"""

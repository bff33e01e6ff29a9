"""Running agent and device code, as far as a restart shows: what both sides print.

    facts.py    what the code may know, what it may cost, what it says
    machine.py  one side of one device
    pair.py     agent and device together for the first seconds after a restart

Nothing here has a clock, randomness or a thread of its own: equal arguments, equal output.
"""

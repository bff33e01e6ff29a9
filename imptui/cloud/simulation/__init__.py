"""The events that a world brings about by itself: devices come and go, the factory line runs, programs print.

The ticker asks once a second for what is due. A restart stores a start and runs no program: the lines of a start are
computed when somebody reads the log or listens. Where a rule needs to know what a program would do, it is handed a
function of this room as an argument.
"""

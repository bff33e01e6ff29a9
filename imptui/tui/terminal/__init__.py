"""Everything that leaves the process for the terminal.

Drivers, the cell diff that sends only what changed, escape sequences, the cached frame of the last session, the
clipboard and the speed of the line. Only this room uses private names of Textual, and only it writes to a file
descriptor.
"""

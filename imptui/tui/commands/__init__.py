"""Commands: one class per verb, with its keys, title, danger and the reason why it is off.

Every key that is more than moving and scrolling leads to a command, and so do the palette, the actions menu, the help
and the colon line. A command sees the situation (screen, pane, what the cursor and the marks are on) and calls methods
of the console it is given. Its id is stored in the settings of users and stays as it is.
"""

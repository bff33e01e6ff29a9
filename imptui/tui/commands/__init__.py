"""Commands: one class per verb, with its keys, title, danger and the reason why it is off.

Every key leads to a command, except those that move and scroll; so do the palette, the actions menu, the help and the colon
line. A command gets the situation (screen, pane, objects under the cursor and the marks) and calls methods of the console. Its
id is stored in the settings of users and does not change.
"""

"""The parts of a diff view: the comparison, its rows, and two columns side by side, none of them a widget."""

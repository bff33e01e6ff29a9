"""The parts of a text pane: rows, wrapping, viewport, search, selection and painting, none of them a widget."""

"""The parts of the device list: columns, marks, recent changes and painting, none of them a widget."""

"""The frame around every page: rail, top bar, messages, palette."""

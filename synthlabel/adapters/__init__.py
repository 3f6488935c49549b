"""Implementations of the ports, one vendor or technique per module. Only ``bootstrap`` imports them."""

"""The server's routes, one module per origin of fal."""

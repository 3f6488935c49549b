"""The Studio: the form on the left, what it made on the right."""

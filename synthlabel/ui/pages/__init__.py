"""One folder per page: ``page`` (how it looks), ``state`` (what it holds and does), ``parts``."""

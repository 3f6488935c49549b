"""Values, rules and state machines. Standard library only; nothing here does I/O."""

"""Share links, as somebody without an account sees them."""

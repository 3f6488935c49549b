"""Use cases. A service takes the acting person first, checks what that person may do, and owns the transaction."""

"""Everything that was asked for, and how it stands."""

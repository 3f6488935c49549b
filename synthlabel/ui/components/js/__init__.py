"""React components of our own, each behind a thin Python class: typed props in, events with ids out."""

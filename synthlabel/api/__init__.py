"""The REST API: translates between HTTP and the services, and decides nothing itself."""

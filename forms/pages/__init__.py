"""The desk: server-rendered pages on the same handlers and queries as the API."""

"""The web chat page: what a browser gets, drawn on the server."""

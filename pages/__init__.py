"""One thin file a page: read, call, show."""

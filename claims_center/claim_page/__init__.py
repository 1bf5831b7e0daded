"""What the page of one claim shows, put together for its template."""

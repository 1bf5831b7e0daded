"""What the tests stand on: servers, databases, browsers, processes."""

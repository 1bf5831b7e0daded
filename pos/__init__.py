"""The door for tills and shop systems: version 1 of the API, JSON over HTTPS."""

"""Whether the schema can be spread over several machines, and how."""

"""A grocery chain's year: its files as imports, what must come out, and the slice of it that the demo and tests use."""

"""Demo data: two believable merchants with every state of every document."""

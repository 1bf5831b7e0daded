"""Pages of offers and their responses."""

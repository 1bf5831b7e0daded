"""What may be done to offers and responses; the only place that changes anything."""

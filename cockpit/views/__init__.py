"""Staff pages of this room: a customer, the ledger."""

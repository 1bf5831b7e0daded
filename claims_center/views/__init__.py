"""Staff pages of this room: the Claims Center, a claim, the order history."""

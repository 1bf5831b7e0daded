"""Help: a page for every screen, the tour of the Claims Center, the pictures of both."""

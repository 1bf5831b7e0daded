"""Files that go out: what a column is, how a cell is written, and the writers of each format."""

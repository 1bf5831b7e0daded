"""What can be exported: the rows of each list of the merchant, with their columns."""

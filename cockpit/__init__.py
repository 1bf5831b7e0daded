"""Where documents are put together for people: a customer's page, the ledger's report."""

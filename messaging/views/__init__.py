"""Pages: what became of every message, whom we write to no more, and what mails say."""

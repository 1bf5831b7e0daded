"""Doing one act to many claims: what will be done and what skipped, the job, a result for each row."""

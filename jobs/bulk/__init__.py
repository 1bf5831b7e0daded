"""Doing one act to many documents: what will be done and what skipped, the job, a result for each row, the undo.

A room describes its acts in a `Kit` (see `jobs.bulk.kit`); everything else is here.
"""

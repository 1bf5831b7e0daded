"""Doing one act to many responses; how such acts are chosen, run and shown is in `jobs.bulk`."""

"""Doing one act to many redeemed rewards; how such acts are chosen, run and shown is in `jobs.bulk`."""

"""Giving one offer to many members: those who match filters, who were ticked, or who stand in an uploaded list.

How such acts are run, shown and taken back is in `jobs.bulk`; what becomes of members is judged and done here.
"""

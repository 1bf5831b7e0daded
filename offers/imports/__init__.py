"""Files of offer responses: new ones, statuses that were edited in a sheet, and the file to edit."""

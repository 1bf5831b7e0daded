"""Files of rows that are brought in: reading them safely, saying what is wrong line by line, one kind of command."""

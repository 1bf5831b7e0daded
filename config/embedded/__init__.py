"""PostgreSQL and Valkey out of wheels, and the supervisor of `make run`: one machine, nothing to install."""

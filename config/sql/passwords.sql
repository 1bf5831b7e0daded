-- For psql (14 or newer knows \getenv), after bootstrap.sql: gives the two roles that sign in their
-- passwords from the environment, so that none is written into a file.
\getenv owner_password APP_OWNER_PASSWORD
\getenv rw_password APP_RW_PASSWORD
ALTER ROLE app_owner PASSWORD :'owner_password';
ALTER ROLE app_rw PASSWORD :'rw_password';

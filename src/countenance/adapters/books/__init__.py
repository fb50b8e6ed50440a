"""The books: registry and audit log in one database, an SQLite file or a PostgreSQL server's."""

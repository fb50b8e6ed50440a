"""The books: registry and audit log in one SQLite database."""

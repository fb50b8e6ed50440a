"""What is signed, logged or sent: one module a family of records."""

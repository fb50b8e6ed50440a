"""How the schema grew, a revision a version. They are run on the connection that they are given, never by `op`."""

"""What every plug-in of a port must do, as checks that any package can run on its own."""

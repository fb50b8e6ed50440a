"""The mesh warp: action units to a displacement field and a gain, by pure functions on the device of their inputs."""

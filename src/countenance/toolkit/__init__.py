"""The tools of one process: which adapters the compositions above the stages work with, a file a room."""

"""Picture files by their structure alone, in pure Python: no decoder sees a bomb, a truncated or a lying file."""

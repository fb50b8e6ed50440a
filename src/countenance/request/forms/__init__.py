"""Forms that people fill in (releases, persons; YAML or tables): read strictly, and described as JSON Schema."""

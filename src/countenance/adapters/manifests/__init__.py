"""C2PA manifests: signing them, and reading them back."""

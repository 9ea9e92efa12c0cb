"""Pages and fragments of patients."""

"""Several layers of codes, which two families infer in different ways."""

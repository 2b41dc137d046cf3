"""The five steps, one a file: each is a configuration and one plain function that can be called by itself."""

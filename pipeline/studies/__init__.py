"""Studies: a recipe that is varied, with several seeds, as runs that are compared."""

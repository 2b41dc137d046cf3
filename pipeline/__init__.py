"""Configuration, the plan, its two runners, the metadata store and the command line."""

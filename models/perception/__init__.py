"""Images compared by the features that a network sees in them, in place of their pixels."""

"""The report: its template, and what fills it."""

"""The HTML report: the template and its content."""

"""Support code of the step evaluate: metrics, figures, the report and the verdict."""

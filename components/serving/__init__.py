"""Models for TF Serving: signatures, SavedModels, warm-up requests, the check in a fresh process, and versions."""

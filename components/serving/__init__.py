"""What TF Serving needs: signatures, SavedModels, warm-up requests, the check in a fresh process, new versions."""

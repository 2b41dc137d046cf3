"""A local server that speaks TensorFlow Serving's protocol: REST and gRPC over SavedModels, read as files."""

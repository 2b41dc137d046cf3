"""Support code of the step preprocess: splits, statistics, and the Beam pipeline that applies the transform."""

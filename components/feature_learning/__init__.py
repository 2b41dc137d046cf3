"""Networks whose features tell whether images are alike, to compare distributions of images."""

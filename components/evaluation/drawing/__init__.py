"""What all figures share: the record of a figure, the style, fonts, matrices and sheets of images."""

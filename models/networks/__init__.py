"""The networks between images, features, codes and pixels."""

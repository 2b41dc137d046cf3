"""What is known about the images of a source, to compare."""


def facts(source, images_of):
    """Split, class name and group of each image."""
    names = source.label_names or ()
    return {
        key: (image.split, names[image.label] if image.label is not None and image.label >= 0 else None, image.group)
        for key, image in images_of(source).items()
    }

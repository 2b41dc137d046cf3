"""The models: variational autoencoders and their relatives, written in Keras.

`family` holds one folder per model. The other folders hold what models share:

- `networks`, `posteriors`, `priors`, `likelihoods`: the parts of a model.
- `one_layer`, `hierarchy`, `semi_supervised`: base models, by the structure of their codes.
- `perception`, `classifiers`: comparison of images by features, and classification of codes.
- `objectives`, `training`: what training maximises, and the training step.

Nothing here runs Beam or prints. Only `building.load` and `saving.save` (a model) and `perception.vgg19` (pretrained
weights) touch files. Importing this package does not import TensorFlow.
"""

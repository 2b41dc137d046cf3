"""One module per figure of an evaluation, with the name of the figure: what it needs, and how it is drawn.

This file imports no figure, so that the command line can read their names without Matplotlib.
"""

from pkgutil import iter_modules

FIGURES = tuple(module.name for module in iter_modules(__path__))
"""Names of all figures, in alphabetical order."""

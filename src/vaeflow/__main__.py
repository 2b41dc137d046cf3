"""`python -m vaeflow` is the command `vaeflow`."""

from vaeflow.pipeline.cli import main

if __name__ == "__main__":
    main()

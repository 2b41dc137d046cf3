"""`python -m vaeflow` is the same as the `vaeflow` command."""

from vaeflow.pipeline.cli import main

if __name__ == "__main__":
    main()

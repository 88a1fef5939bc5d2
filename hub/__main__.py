"""Lets ``python -m hub`` be the ``hub`` command."""

from hub.cli.main import main

main()

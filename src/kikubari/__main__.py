"""`python -m kikubari`."""

from kikubari.cli import main

main()

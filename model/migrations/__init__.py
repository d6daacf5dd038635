"""The tables of the library, version by version."""

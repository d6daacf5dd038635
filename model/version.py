"""The version of the model: raised whenever the same inputs would give other numbers."""

VERSION = "0.2.0"

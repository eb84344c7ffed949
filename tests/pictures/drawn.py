"""Reading a picture out of a page, as a browser gets it."""

from html.parser import HTMLParser


class Drawing(HTMLParser):
    """The SVG pictures of a page: elements (figure id, tag, attributes) and titles."""

    def __init__(self) -> None:
        super().__init__()
        self.figure = ""
        self.elements: list[tuple[str, str, dict[str, str]]] = []
        self.titles: list[tuple[str, str]] = []
        self._in_svg = self._in_title = False

    def handle_starttag(self, tag, attrs):
        named = {name: value or "" for name, value in attrs}
        if tag == "figure":
            self.figure = named.get("id", "")
        if tag == "svg":
            self._in_svg = True
        if self._in_svg:
            self.elements.append((self.figure, tag, named))
            self._in_title = tag == "title"

    def handle_endtag(self, tag):
        if tag == "svg":
            self._in_svg = False
        if tag == "title":
            self._in_title = False

    def handle_data(self, data):
        if self._in_svg and self._in_title:
            self.titles.append((self.figure, data))


def drawing(response) -> Drawing:
    """The pictures of an answer."""
    found = Drawing()
    found.feed(response.content.decode())
    return found


def shapes(found: Drawing, figure: str, css: str) -> list[dict[str, str]]:
    """The attributes of the shapes of one figure that bear a CSS class."""
    return [
        attrs
        for name, _tag, attrs in found.elements
        if name == figure and css in attrs.get("class", "").split()
    ]


def titles(found: Drawing, figure: str) -> list[str]:
    return [words for name, words in found.titles if name == figure]


def length(text: str) -> float:
    return float(text.removesuffix("%"))

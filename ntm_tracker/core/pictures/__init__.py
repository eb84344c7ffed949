"""Pictures drawn on the server: pure functions from rows to geometry; `templates/pictures/` only
writes it down.

Lengths along the page are percentages of the width of the SVG, which has no `viewBox`: so a picture
is as wide as its place while its words, strokes and hatching keep their size, on a phone and on
paper. Heights are CSS pixels.
"""

"""Walks over every address of the product, in a world that has rows of every model.

`world` fills the models, `addresses` finds the URLs and what may stand in them. Both look at the
code, so that a new page or model is walked without a line here.
"""

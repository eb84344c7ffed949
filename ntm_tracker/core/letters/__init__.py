"""Official letters as Word files: describe a letter, `render` it to bytes.

The layout follows Nghị định 30/2020/NĐ-CP; nothing in here knows what the figures mean. Only
`render` imports python-docx, when it is called.
"""

from ntm_tracker.core.letters.model import Annex, Letter
from ntm_tracker.core.letters.render import CONTENT_TYPE, render

__all__ = ["CONTENT_TYPE", "Annex", "Letter", "render"]

"""The mark of illustrative rows, which files carry as the screen does."""

from ntm_tracker.core.choices import Provenance


def marked(text: str, provenance: str) -> str:
    """Illustrative rows carry their mark into the file too."""
    return f"{text} ◇" if provenance == Provenance.ILLUSTRATIVE else text

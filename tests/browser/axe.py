"""axe-core put into a page, and what it finds there."""

import json

# Everything up to WCAG 2.2 AA, and what axe calls good practice (landmarks, order of headings).
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# axe would fetch the imports of the style sheet from beside the page; no rule of these needs them.
OPTIONS = {
    "resultTypes": ["violations"],
    "runOnly": {"type": "tag", "values": RULES},
    "preload": False,
}


def violations(page) -> list[str]:
    """What axe finds on the page, each with its first nodes."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_script())
    found = page.evaluate(f"axe.run({json.dumps(OPTIONS)})")["violations"]
    return [
        f"{rule['id']}: {rule['help']}\n"
        + "\n".join(f"    {node['target']} {node['html'][:300]}" for node in rule["nodes"][:3])
        for rule in found
    ]


def _script() -> str:
    # The package is there with the browser only.
    from axe_playwright_python.base import AXE_SCRIPT

    return AXE_SCRIPT

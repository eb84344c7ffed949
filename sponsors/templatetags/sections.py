"""The row of tabs above the pages of a section."""

from django import template

from sponsors.tabs import section_tabs as tabs_of

register = template.Library()
LABELS = {
    "board": "Các trang tổng hợp",
    "tasks": "Các trang về việc",
    "sponsors": "Các trang về đơn vị đỡ đầu",
    "funding": "Các trang về kinh phí",
}


@register.inclusion_tag("sponsors/_section_tabs.html", takes_context=True)
def section_tabs(context, section: str) -> dict:
    """The pages of a section beside this one, with the chosen day kept."""
    request = context["request"]
    match = request.resolver_match
    return {
        "tabs": tabs_of(
            section,
            request.user.role,
            match.view_name if match else "",
            request.as_of.query,
        ),
        "label": LABELS[section],
    }

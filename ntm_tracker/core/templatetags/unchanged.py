"""`{% unchanged key "name" %} … {% endunchanged %}`: what stands between is kept, see
`core.unchanged`. Nothing of the session may stand there: no token, no message."""

from django import template
from django.utils.safestring import SafeString

from ntm_tracker.core.unchanged import KEPT

register = template.Library()


class UnchangedNode(template.Node):
    def __init__(self, key, name, nodelist):
        self.key, self.name, self.nodelist = key, name, nodelist

    def render(self, context) -> SafeString:
        key = self.key.resolve(context)
        whole = None if key is None else (*key, self.name)
        return KEPT.get(whole, lambda: self.nodelist.render(context))


@register.tag
def unchanged(parser, token) -> UnchangedNode:
    """`key` is that of `page_key`, None to keep nothing; `name` tells the parts of a page apart."""
    _tag, key, name = token.split_contents()
    nodelist = parser.parse(("endunchanged",))
    parser.delete_first_token()
    return UnchangedNode(parser.compile_filter(key), name.strip('"'), nodelist)

"""What stands in a page's head for machines: `{% structured_data %}`, `{% share_picture %}`, `|locale_of`."""

from __future__ import annotations

from django import template
from django.template import Context
from django.utils.safestring import SafeString

from portal import metadata
from portal.share_cards import Card, SharePicture, card_of, card_of_site
from publishing.metadata import json_ld

register = template.Library()
register.filter("locale_of", metadata.locale_of)


@register.simple_tag(takes_context=True)
def structured_data(context: Context) -> SafeString:
    """The site, the way to the page, and what the page is about, as JSON-LD."""
    absolute = context["request"].build_absolute_uri
    site = context["site"]
    things = [
        metadata.whose_site(site, absolute, profiles=[entry.url for entry in context["menus"]["social"]]),
        metadata.website(site, absolute),
        metadata.breadcrumbs(context.get("breadcrumbs") or [], absolute),
        context.get("structured_data") or {},
    ]
    return json_ld([thing for thing in things if thing])


@register.simple_tag(takes_context=True)
def share_picture(context: Context) -> SharePicture:
    """What networks show beside a link to this page: the item's own picture, else the site's."""
    item, site = context.get("item"), context["site"]
    card: Card = card_of(item, site) if item else card_of_site(site, context["LANGUAGE_CODE"])
    return card.picture(context["request"].build_absolute_uri)

"""Questions about content that every kind answers in the same way."""

from django.db.models import Exists, Model, OuterRef

from publishing.models import Publishable


def related_items(item: Publishable, *, through: type[Model], key: str, limit: int = 4) -> list[Publishable]:
    """Other live items of the same kind and language that share a topic (rows of `through`), newest first."""
    mine = through._default_manager.filter(**{key: item.pk}).values("topic_id")
    shared = through._default_manager.filter(**{key: OuterRef("pk")}, topic_id__in=mine)
    return list(
        type(item)
        .rows()
        .live()
        .for_readers_of(item.language)
        .exclude(pk=item.pk)
        .filter(Exists(shared))
        .for_cards()
        .latest_first()[:limit]
    )

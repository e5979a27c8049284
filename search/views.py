"""The search page, and what it suggests while somebody types."""

from collections import Counter
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import InvalidPage, Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from publishing.languages import current_language
from publishing.views import crumb
from search.finding import ALL_LANGUAGES, Match, first_year, in_each_language, shown
from search.finding import search as find
from search.forms import NarrowForm, SearchForm
from search.question import Question
from search.spelling import better
from search.suggesting import suggestions

PAGE = 20
# Of the topics that results can be narrowed by, those that most have.
MOST_TOPICS = 30


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    form = SearchForm({"q": request.GET.get("q", "").replace("\x00", "")})
    q = form.cleaned_data["q"] if form.is_valid() else ""
    context = {"form": form, "q": q, "results": [], "query": "", "breadcrumbs": [crumb(gettext("Search"))]}
    if q:
        narrow = NarrowForm({**request.GET.dict(), "q": q})
        if not narrow.is_valid():
            raise Http404(gettext("This list has no such filter."))
        context |= answer(q, narrow, request.GET.get("page", "1"))
    return render(request, "search/search.html", context)


def answer(q: str, narrow: NarrowForm, number: str) -> dict[str, Any]:
    """What the page shows of a question's results. Raises Http404 for a page that they do not have."""
    question, language, narrowed = Question.read(q), current_language(), narrow.narrowed
    results = find(question, language=language, narrowed=narrowed, by_date=narrow.by_date)
    page = page_of(results.matches, number)
    context: dict[str, Any] = {"page_obj": page, "total": len(results.matches), "more": results.more}
    # Of a frequent word the languages are not counted, but its first year is looked up.
    languages = Counter[str]() if results.more else in_each_language(question)
    if results.whats or narrow.narrows:
        topics = [key for key, _count in results.topics.most_common(MOST_TOPICS)]
        topics += [narrowed.topic] if narrowed.topic and narrowed.topic not in topics else []
        context["results"], titles = shown(list(page.object_list), question, language=language, topics=topics)
        narrow.offer(results, titles, first_year=first_year() if results.more else None)
        narrow.offer_languages(languages, language=language)
        context |= {"narrow": narrow, "query": f"{narrow.query}&"}
    elif text := better(question, language=language):
        context["better"] = {"text": text, "query": urlencode({"q": text})}
    if not results.whats and languages:
        context["elsewhere"] = {"count": languages.total(), "query": urlencode({"q": q, "language": ALL_LANGUAGES})}
    return context


def page_of(matches: list[Match], number: str) -> Page[Match]:
    try:
        return Paginator(matches, PAGE).page(number)
    except InvalidPage as error:
        raise Http404(gettext("The results have no such page.")) from error


@require_safe
def suggest(request: HttpRequest) -> JsonResponse:
    """`{"suggestions": [{"title", "url", "kind", "language"}, …]}` for what is in `q`."""
    found = suggestions(request.GET.get("q", ""), language=current_language())
    response = JsonResponse({"suggestions": found})
    response.headers["X-Robots-Tag"] = "noindex"
    return response

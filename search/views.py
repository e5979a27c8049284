"""The search page."""

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import InvalidPage, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from publishing.languages import current_language
from publishing.views import crumb
from search.engine import found, matches
from search.forms import SearchForm

PAGE = 20


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    form = SearchForm({"q": request.GET.get("q", "").replace("\x00", "")})
    q = form.cleaned_data["q"] if form.is_valid() else ""
    context: dict[str, Any] = {
        "form": form,
        "q": q,
        "results": [],
        "query": f"{urlencode({'q': q})}&" if q else "",
        "breadcrumbs": [crumb(gettext("Search"))],
    }
    if q:
        paginator = Paginator(matches(q, language=current_language()), PAGE)
        try:
            page = paginator.page(request.GET.get("page", 1))
        except InvalidPage as error:
            raise Http404(gettext("The results have no such page.")) from error
        context |= {
            "page_obj": page,
            "paginator": paginator,
            "total": paginator.count,
            "results": list(found(page.object_list)),
        }
    return render(request, "search/search.html", context)

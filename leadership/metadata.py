"""What schema.org's words say of the Secretaries General and of the annual reports."""

from __future__ import annotations

from leadership.models import AnnualReport, TermOfOffice
from library.metadata import pictures
from library.serving import DOWNLOAD, TYPES
from publishing import clock
from publishing.metadata import Absolute, Thing, filled, organisation, work


def profile(term: TermOfOffice, absolute: Absolute) -> Thing:
    """The page, whose subject is the person."""
    page = work(term, "ProfilePage", absolute)
    person = {
        "@type": "Person",
        "name": term.title,
        "url": page["url"],
        "description": term.summary_elsewhere,
        "image": pictures(term.image, absolute, ratios=("square", "portrait")),
        "nationality": {"@type": "Country", "name": term.country} if term.country else None,
        "sameAs": [link["url"] for link in term.links],
        **office(term, absolute),
    }
    return {**page, "mainEntity": filled(person)}


def office(term: TermOfOffice, absolute: Absolute) -> Thing:
    """A person has an office while in it; afterwards they had it, from one day to another."""
    if term.ended_on is None or term.ended_on >= clock.today():
        return {"jobTitle": term.role, "worksFor": organisation(absolute)}
    role = {
        "@type": "OrganizationRole",
        "roleName": term.role,
        "startDate": term.began_on.isoformat(),
        "endDate": term.ended_on.isoformat(),
        "memberOf": organisation(absolute),
    }
    return {"memberOf": role}


def report(item: AnnualReport, absolute: Absolute) -> Thing:
    file = item.document
    return work(
        item,
        "Report",
        absolute,
        image=pictures(item.image, absolute),
        temporalCoverage=str(item.year),
        encoding=file
        and {
            "@type": "MediaObject",
            "name": file.title,
            "contentUrl": absolute(file.get_absolute_url()),
            "encodingFormat": TYPES.get(file.extension.lower(), DOWNLOAD).partition(";")[0],
            "inLanguage": file.language,
        },
    )

"""Days in words for templates; aware datetimes are shown in the site's time zone."""

from django import template

from publishing import dates

register = template.Library()
register.filter("in_words", dates.day_in_words, expects_localtime=True)
register.filter("short_day", dates.short_day, expects_localtime=True)
register.filter("moment", dates.moment_in_words, expects_localtime=True)
register.filter("short_moment", dates.short_moment, expects_localtime=True)

"""What each database's own full-text engine searches."""

from django.db import migrations

# Rows stay narrow, with what is searched and shown beside them, so that the newest of many matches are found quickly; and
# a vector is read without being unpacked. Without `fastupdate` no search has to look through what was written last.
# PostgreSQL takes looking into a vector for free, and would look into all of them for a frequent word: beside the function
# that says it is dear, it does so only where the index does not lead. (Dearer, and it would begin to compile queries.)
POSTGRESQL = """
CREATE FUNCTION search_is_dear(bigint) RETURNS boolean LANGUAGE plpgsql IMMUTABLE COST 100
    AS 'BEGIN RETURN true; END';
ALTER TABLE search_entry ADD COLUMN vector tsvector;
ALTER TABLE search_entry ALTER COLUMN vector SET STORAGE EXTERNAL;
ALTER TABLE search_entry SET (toast_tuple_target = 128);
CREATE INDEX search_entry_vector ON search_entry USING gin (vector) WITH (fastupdate = off);
"""

# The ASCII tokenizer takes every letter beyond ASCII as it is: words are folded before, alike for both databases.
SQLITE = """
CREATE VIRTUAL TABLE search_words USING fts5(
    title, teaser, names, body, facets, tokenize = "ascii tokenchars ':=_-'"
)
"""


def make(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL)
    else:
        schema_editor.execute(SQLITE)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE search_entry DROP COLUMN vector; DROP FUNCTION search_is_dear(bigint)")
    else:
        schema_editor.execute("DROP TABLE search_words")


class Migration(migrations.Migration):
    dependencies = [("search", "0001_index")]

    operations = [migrations.RunPython(make, drop)]

"""Archives: the same files are the same bytes everywhere, and a plan shows their hash."""

from __future__ import annotations

import io
import json
import zipfile

from cpg_infra.config.names import Cloud
from cpg_infra.plan import Archive, Owner, PlanBuilder, Resource
from cpg_infra.plan.values import is_known, unknowns_of

FILES = {'main.py': b'print(1)\n', 'a/b.txt': b''}


def test_the_same_files_in_any_order_are_the_same_bytes() -> None:
    one, other = Archive('one', FILES), Archive('other', dict(reversed(FILES.items())))
    assert one.content == other.content
    assert one.sha256 == '86f4b14ad7612044a46407dfe6e9230e0f959bb55ce8212d1a7d6bf544ad0d67'


def test_other_content_is_another_hash() -> None:
    assert Archive('one', FILES).sha256 != Archive('one', {**FILES, 'main.py': b'print(2)\n'}).sha256


def test_a_zip_reader_reads_it() -> None:
    with zipfile.ZipFile(io.BytesIO(Archive('one', FILES).content)) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == FILES


def test_a_plan_shows_name_and_hash_and_not_the_content() -> None:
    archive = Archive('source', FILES)
    builder = PlanBuilder()
    builder.resource(Resource('o', 't', 'o', {'source': archive}, Owner('', Cloud.GCP, 'x'), ()))
    plain = json.loads(builder.close().canonical_bytes())
    assert plain['resources'][0]['inputs'] == {'source': {'$archive': ['source', archive.sha256]}}
    assert is_known({'source': archive})
    assert unknowns_of({'source': archive}) == []

"""Whatever a folder holds, loading it gives a configuration or an error that lists located faults."""

from __future__ import annotations

import json
import tempfile
import tomllib
from collections.abc import Mapping
from pathlib import Path

import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from cpg_infra.config import ConfigurationError, load
from tests.config.building import CPG_TOML, FILES, PRODUCTION_YAML, write

NAMES = sorted(FILES)

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(['ana', 'alpha', 'beta', 'common', 'gcp', 'azure', 'default', '', '0', '-1', 'NO']),
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.sampled_from(['id', 'name', 'gcp', 'alpha', 'project', 'x']), inner, max_size=4),
    ),
    max_leaves=8,
)
splices = st.one_of(
    st.sampled_from(
        [
            b'\t',
            b'\x00',
            b'\xff\xfe',
            b'\xc3',
            b'\r',
            b'&a ',
            b'*a',
            b'<<: *a\n',
            b'<<: 1\n',
            b'---\n',
            b'!!python/object:os.system ',
            b'%YAML 1.1\n',
            b'"',
            b"'''",
            b'[[',
            b'{',
            b'? ',
            b': ',
            b'- ',
            b'\n',
            b'a.b.c = 1\n',
            b'[gcp]\n',
            b'\xe2\x80\xa8',
            b'[' * 3000,
            b'- ' * 500,
            b'9' * 5000,
            b'a.' * 3000,
            b'"\\u001b[2J"',
        ],
    ),
    st.binary(max_size=6),
    st.text(max_size=6).map(lambda text: text.encode(errors='replace')),
)


def outcome_is_a_configuration_or_located_faults(changes: Mapping[str, str | bytes | None]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), changes)
        try:
            diagnostics = load(folder).diagnostics
        except ConfigurationError as error:
            diagnostics = error.diagnostics
            assert diagnostics
    for diagnostic in diagnostics:
        assert diagnostic.location is not None, diagnostic
        assert diagnostic.location.file, diagnostic
        assert str(diagnostic).isprintable()


@given(name=st.sampled_from(NAMES), at=st.floats(0, 1), length=st.integers(0, 30), new=splices)
@example(name='production.yaml', at=0, length=0, new=b'\xef\xbb\xbf')
def test_bytes_put_into_a_file_or_taken_out(name: str, at: float, length: int, new: bytes) -> None:
    content = FILES[name].encode()
    start = int(at * len(content))
    outcome_is_a_configuration_or_located_faults({name: content[:start] + new + content[start + length :]})


@given(name=st.sampled_from(NAMES), at=st.floats(0, 1))
def test_a_file_cut_short(name: str, at: float) -> None:
    content = FILES[name].encode()
    outcome_is_a_configuration_or_located_faults({name: content[: int(at * len(content))]})


@given(name=st.sampled_from(NAMES), other=st.sampled_from(NAMES), more=st.booleans())
def test_files_missing_moved_and_mixed_up(name: str, other: str, more: bool) -> None:
    outcome_is_a_configuration_or_located_faults({name: FILES[other] if more else None, other: FILES[name]})


def paths_of(value: object) -> list[tuple[object, ...]]:
    """The paths of all parts of a value, its own first."""
    inner: list[tuple[object, object]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    return [(), *((step, *path) for step, part in inner for path in paths_of(part))]


def changed(value: object, path: tuple[object, ...], how: str, new: object) -> object:
    """A value with the part at `path` replaced, renamed, removed or doubled."""
    if not path:
        return new
    head, rest = path[0], path[1:]
    if isinstance(value, dict):
        if rest or how == 'replace':
            return {**value, head: changed(value[head], rest, how, new)}
        kept = {key: part for key, part in value.items() if key != head}
        return {**kept, f'{head}x' if how == 'rename' else str(new): value[head]} if how != 'remove' else kept
    assert isinstance(value, list)
    assert isinstance(head, int)
    if rest or how == 'replace':
        return [*value[:head], changed(value[head], rest, how, new), *value[head + 1 :]]
    return [*value, value[head]] if how != 'remove' else value[:head] + value[head + 1 :]


hows = st.sampled_from(['replace', 'remove', 'rename', 'double'])


@given(data=st.data(), name=st.sampled_from([name for name in NAMES if name.endswith('.yaml')]), how=hows, new=values)
def test_a_yaml_value_replaced_removed_renamed_or_doubled(
    data: st.DataObject,
    name: str,
    how: str,
    new: object,
) -> None:
    value = yaml.safe_load(FILES[name])
    path = data.draw(st.sampled_from(paths_of(value)))
    outcome_is_a_configuration_or_located_faults({name: yaml.safe_dump(changed(value, path, how, new))})


def as_toml(value: dict[str, object]) -> str:
    return ''.join(f'{json.dumps(key, ensure_ascii=False)} = {inline(part)}\n' for key, part in value.items())


def inline(value: object) -> str:
    if isinstance(value, dict):
        return '{' + ', '.join(f'{json.dumps(key)} = {inline(part)}' for key, part in value.items()) + '}'
    if isinstance(value, list):
        return '[' + ', '.join(inline(part) for part in value) + ']'
    return str(value) if isinstance(value, float) else json.dumps(value, ensure_ascii=False)


def without_none(value: object) -> object:
    """A value that TOML can hold."""
    if isinstance(value, dict):
        return {key: without_none(part) for key, part in value.items() if part is not None}
    if isinstance(value, list):
        return [without_none(part) for part in value if part is not None]
    return 0 if value is None else value


@given(data=st.data(), how=hows, new=values)
def test_a_toml_value_replaced_removed_renamed_or_doubled(data: st.DataObject, how: str, new: object) -> None:
    value = tomllib.loads(CPG_TOML)
    path = data.draw(st.sampled_from([path for path in paths_of(value) if path]))
    result = without_none(changed(value, path, how, new))
    assert isinstance(result, dict)
    outcome_is_a_configuration_or_located_faults({'cpg.toml': as_toml(result)})


@given(data=st.data(), how=hows, new=values)
def test_everything_in_one_toml_with_a_value_changed(data: st.DataObject, how: str, new: object) -> None:
    everything = {**tomllib.loads(CPG_TOML), 'datasets': yaml.safe_load(PRODUCTION_YAML)}
    path = data.draw(st.sampled_from([path for path in paths_of(everything) if path]))
    result = without_none(changed(everything, path, how, new))
    assert isinstance(result, dict)
    outcome_is_a_configuration_or_located_faults({'cpg.toml': as_toml(result), 'production.yaml': None})

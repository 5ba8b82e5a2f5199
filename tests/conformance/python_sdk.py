"""Reads a Pulumi provider's Python SDK as text, without importing it.

The generated packages are large (importing one module costs seconds and hundreds of megabytes), and everything that
a check needs is written in them in one regular form: `__init__.py` registers every type token with its module and
class; the class `…Args` beside a resource takes its inputs, `_inputs.py` has the nested ones, `_enums.py` the
enumerations; `pulumi.getter(name=…)` says what a property is called on the wire. Only classes that are asked for are
cut out and parsed.
"""

from __future__ import annotations

import ast
import importlib.util
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, partial
from pathlib import Path
from typing import Final

from tests.conformance.shapes import (
    FLAG,
    NUMBER,
    TEXT,
    WHOLE,
    AnyOf,
    Anything,
    Field,
    Function,
    ListOf,
    MapOf,
    OneOf,
    Record,
    ResourceType,
    Shape,
    Unreadable,
)

_SCALARS: Final[Mapping[str, Shape]] = {'str': TEXT, 'int': WHOLE, 'float': NUMBER, 'bool': FLAG, 'Any': Anything()}
_TRANSPARENT: Final = frozenset({'Input', 'Output', 'Optional', 'InputType', 'Awaitable'})
_LISTS: Final = frozenset({'Sequence', 'List', 'list'})
_MAPS: Final = frozenset({'Mapping', 'Dict', 'dict'})

_LEFT_OUT: Final = 2

# The generators of the SDKs write enumerations of the service only here.
_DOCUMENTED_VALUES: Final = re.compile(
    r'(?:Possible values are|Each value may be one of): ((?:`[^`\s]+`(?:, )?)+)\.(?:\s|$)',
)

# What tells the members of a union apart.
_ONLY_VALUE: Final = re.compile(r"Expected value is '([^']+)'\.")


@dataclass(frozen=True)
class _Getter:
    """A property of a generated class: its name on the wire, and what is said of it."""

    python_name: str
    wire_name: str
    shape: Shape
    deprecated: str | None


class PythonSdk:
    """A `Catalogue` of the SDK in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def installed(cls, package: str) -> PythonSdk:
        """The SDK of an installed package. Raises LookupError when it is not installed."""
        spec = importlib.util.find_spec(package)
        if spec is None or spec.origin is None:
            raise LookupError(f'{package} is not installed; it is a development dependency')
        return cls(Path(spec.origin).parent)

    @cached_property
    def registered(self) -> Mapping[str, tuple[str, str]]:
        """Every resource token, with its module (`storage`, empty for the package itself) and its class."""
        text = (self.folder / '__init__.py').read_text(encoding='utf-8')
        match = re.search(r'resource_modules="""(.*?)"""', text, re.DOTALL)
        if match is None:
            raise LookupError(f'{self.folder}: no registered types')
        return {
            token: (module['fqn'].partition('.')[2], class_name)
            for module in json.loads(match[1])
            for token, class_name in module['classes'].items()
        }

    @cached_property
    def _modules(self) -> Mapping[str, str]:
        """The module of the SDK for the first part of a token's module: `privilegedaccessmanager`."""
        return {_module_of(token): module for token, (module, _) in self.registered.items()}

    def tokens_like(self, token: str) -> Iterable[str]:
        """The tokens of the same module, or all when there is no such module."""
        same = [known for known in self.registered if _module_of(known) == _module_of(token)]
        return same or self.registered

    @cache  # noqa: B019 - one catalogue lives as long as the tests
    def resource_type(self, token: str) -> ResourceType:
        """Raises KeyError when there is no such resource."""
        module, class_name = self.registered[token]
        text = self._text_of(module, class_name)
        resource = _cut(text, class_name)
        if resource is None or f"'{token}'" not in resource:
            raise LookupError(f'{token}: {class_name} does not register it')
        outputs = {getter.wire_name: getter.shape for getter in self._getters(resource, module)}
        inputs = self._fields(_cut(text, f'{class_name}Args') or '', module)
        match = re.search(r'additional_secret_outputs=\[(.*?)\]', resource, re.DOTALL)
        secrets = frozenset(re.findall(r'"(\w+)"', match[1])) if match else frozenset[str]()
        return ResourceType(token, inputs, outputs, secrets)

    @cache  # noqa: B019 - as above
    def function(self, token: str) -> Function:
        """Raises KeyError when there is no such function."""
        name = token.rpartition(':')[2]
        module = self._modules[_module_of(token)]
        text = self._text_of(module, name)
        if f"pulumi.runtime.invoke('{token}'" not in text:
            raise KeyError(token)
        result = _cut(text, f'{name[0].upper()}{name[1:]}Result') or ''
        outputs = {getter.wire_name: getter.shape for getter in self._getters(result, module)}
        return Function(token, self._arguments(text, module), outputs)

    # Files ------------------------------------------------------------------------------------------------

    def _text_of(self, module: str, name: str) -> str:
        """The file of a resource or function: `BucketIAMBinding` is in `bucket_iam_binding.py`. KeyError if none."""
        files = self._files(module)
        return files[name.lower()].read_text(encoding='utf-8')

    @cache  # noqa: B019 - as above
    def _files(self, module: str) -> Mapping[str, Path]:
        folder = self.folder / module.replace('.', '/')
        return {path.stem.replace('_', ''): path for path in folder.glob('*.py') if not path.stem.startswith('_')}

    @cache  # noqa: B019 - as above
    def _shared(self, module: str, file: str) -> str:
        path = self.folder / module.replace('.', '/') / file
        return path.read_text(encoding='utf-8') if path.exists() else ''

    # Classes ----------------------------------------------------------------------------------------------

    def _getters(self, source: str, module: str) -> Iterator[_Getter]:
        for function in _functions(source):
            wire_name = _wire_name(function)
            if wire_name is not None and function.returns is not None:
                shape = self._shape(function.returns, module)
                yield _Getter(function.name, wire_name, _narrowed(shape, function), _deprecation(function))

    def _fields(self, source: str, module: str) -> Mapping[str, Field]:
        """The fields of an `…Args` class: what its constructor has no default for is required."""
        required: set[str] = set()
        for function in _functions(source):
            if function.name == '__init__':
                pairs = zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True)
                required = {argument.arg for argument, default in pairs if default is None}
        return {
            getter.wire_name: Field(getter.shape, getter.python_name in required, getter.deprecated)
            for getter in self._getters(source, module)
        }

    def _arguments(self, text: str, module: str) -> Mapping[str, Field]:
        """The arguments of a function. Only its variant for outputs says which ones may be left out."""
        wire_names = {python: wire for wire, python in re.findall(r"__args__\['(\w+)'\] = (\w+)", text)}
        for node in ast.parse(text).body:
            if isinstance(node, ast.FunctionDef) and node.name.endswith('_output'):
                return {
                    wire_names[argument.arg]: Field(
                        self._shape(argument.annotation, module),
                        required=_optionals(argument.annotation) < _LEFT_OUT,
                    )
                    for argument in node.args.args
                    if argument.arg in wire_names and argument.annotation is not None
                }
        return {}

    # Annotations ------------------------------------------------------------------------------------------

    def _shape(self, annotation: ast.expr, module: str) -> Shape:
        if isinstance(annotation, ast.Subscript):
            return self._generic(_last_name(annotation.value), annotation.slice, module)
        if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
            return self._named(annotation.value, module)
        name = _last_name(annotation)
        return _SCALARS.get(name) or self._named(ast.unparse(annotation), module)

    def _generic(self, name: str, inner: ast.expr, module: str) -> Shape:
        if name in _TRANSPARENT:
            return self._shape(inner, module)
        if name in _LISTS:
            return ListOf(self._shape(inner, module))
        if name in _MAPS and isinstance(inner, ast.Tuple):
            return MapOf(self._shape(inner.elts[1], module))
        if name == 'Union' and isinstance(inner, ast.Tuple):
            options = tuple(self._shape(option, module) for option in inner.elts)
            # A text or an enumeration of texts: the enumeration is what the service knows.
            named = tuple(option for option in options if isinstance(option, OneOf))
            return named[0] if named else AnyOf(options)
        return Unreadable(f'{name}[…]')

    @cache  # noqa: B019 - as above
    def _named(self, name: str, module: str) -> Shape:
        """A class by its name: a nested input, a nested output (`outputs.Name`) or an enumeration."""
        if name.startswith('outputs.'):
            class_name = name.removeprefix('outputs.')
            return self._record(class_name, 'outputs.py', module)
        enumeration = _cut(self._shared(module, '_enums.py'), name)
        if enumeration is not None:
            return OneOf(tuple(_enumerated(enumeration)))
        return self._record(name, '_inputs.py', module)

    def _record(self, name: str, file: str, module: str) -> Shape:
        source = _cut(self._shared(module, file), name)
        return Unreadable(name) if source is None else Record(name, partial(self._fields, source, module))


def _module_of(token: str) -> str:
    """`storage` of `gcp:storage/bucket:Bucket` and of `azure-native:storage:StorageAccount`."""
    return token.split(':')[1].partition('/')[0] if token.count(':') > 1 else token


def _cut(text: str, class_name: str) -> str | None:
    """The source of a class at the outermost level, None if it is not there."""
    begin = text.find(f'\nclass {class_name}(')
    if begin < 0:
        begin = text.find(f'\nclass {class_name}:')
    if begin < 0:
        return None
    end = re.compile(r'^\S', re.MULTILINE).search(text, text.find('\n', begin + 1) + 1)
    return text[begin + 1 : end.start() if end else len(text)]


def _functions(source: str) -> Iterator[ast.FunctionDef]:
    for outer in ast.parse(source).body:
        if isinstance(outer, ast.ClassDef):
            yield from (inner for inner in outer.body if isinstance(inner, ast.FunctionDef))


def _wire_name(function: ast.FunctionDef) -> str | None:
    """What a property is called on the wire; None for what is no property."""
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == 'pulumi.getter':
            names = [word.value.value for word in decorator.keywords if isinstance(word.value, ast.Constant)]
            return str(names[0]) if names else function.name
        if ast.unparse(decorator) == 'pulumi.getter':
            return function.name
    return None


def _deprecation(function: ast.FunctionDef) -> str | None:
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func).endswith('.deprecated'):
            return ' '.join(str(ast.literal_eval(decorator.args[0])).split())
    return None


def _narrowed(shape: Shape, function: ast.FunctionDef) -> Shape:
    """A text of which the documentation lists every value, or the only one, is one of these."""
    documentation = ast.get_docstring(function) or ''
    only, match = _ONLY_VALUE.search(documentation), _DOCUMENTED_VALUES.search(documentation)
    if only is not None and shape == TEXT:
        return OneOf((only[1],))
    if match is None:
        return shape
    values = OneOf(tuple(re.findall(r'`([^`]+)`', match[1])))
    if shape == TEXT:
        return values
    return ListOf(values) if shape == ListOf(TEXT) else shape


def _enumerated(source: str) -> Iterator[str]:
    for outer in ast.parse(source).body:
        for inner in outer.body if isinstance(outer, ast.ClassDef) else ():
            if isinstance(inner, ast.Assign) and isinstance(inner.value, ast.Constant):
                yield str(inner.value.value)


def _optionals(annotation: ast.expr) -> int:
    """How many `Optional` are around a value itself: one because there is a default, another if it may be left out."""
    count = 0
    while isinstance(annotation, ast.Subscript) and (name := _last_name(annotation.value)) in _TRANSPARENT:
        count += name == 'Optional'
        annotation = annotation.slice
    return count


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else ast.unparse(node)

"""What goes wrong between us and the engine, as one sentence with the next command.

The engine's texts are for somebody who runs it by hand. They are recognised here, by what they say (its exit codes tell
hardly anything apart); a text that nobody knows is handed on as it is, shortened.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from cpg_infra.engine.automation.backend import Backend

_SHOWN: Final = 600
"""Characters of a text of the engine that is handed on."""


class EngineError(Exception):
    """The engine could not do its work. The text is for a person; `kind` for a program."""

    def __init__(self, sentence: str, kind: str = 'engine') -> None:
        self.kind = kind
        super().__init__(sentence)

    def __reduce__(self) -> tuple[type[EngineError], tuple[str, str]]:
        # It crosses from a process of the pool to this one.
        return type(self), (str(self), self.kind)


class StackMissingError(EngineError):
    """The backend has no stack of this name."""

    def __init__(self, sentence: str, kind: str = 'missing-stack') -> None:
        super().__init__(sentence, kind)


class StackLockedError(EngineError):
    """Somebody else works on the stack, or did until they were stopped."""

    def __init__(self, sentence: str, kind: str = 'locked') -> None:
        super().__init__(sentence, kind)


class StoppedError(EngineError):
    """A signal ended the run."""

    def __init__(self, sentence: str, kind: str = 'stopped') -> None:
        super().__init__(sentence, kind)


class RefusedError(EngineError):
    """We refuse: nothing was touched. `reasons` are one line each."""

    def __init__(self, reasons: tuple[str, ...], kind: str = 'refused') -> None:
        self.reasons = reasons
        super().__init__('\n'.join(reasons), kind)

    def __reduce__(self) -> tuple[type[RefusedError], tuple[tuple[str, ...], str]]:  # type: ignore[override]  # narrower than object’s
        return type(self), (self.reasons, self.kind)


@dataclass(frozen=True, slots=True)
class _Known:
    kind: str
    pattern: re.Pattern[str]
    sentence: str


def _known(kind: str, pattern: str, sentence: str) -> _Known:
    return _Known(kind, re.compile(pattern, re.IGNORECASE | re.DOTALL), sentence)


# In the order in which they are tried. Names in braces: groups of the pattern, the stack, the backend.
_TABLE: Final = (
    _known('missing-stack', r'no stack named', 'there is no stack {stack} in {backend}: `cpg-infra up` makes it'),
    _known('locked', r'the stack is currently locked by', 'the stack {stack} is locked'),
    _known(
        'passphrase-missing',
        r'passphrase must be set',
        'no passphrase: set PULUMI_CONFIG_PASSPHRASE, or PULUMI_CONFIG_PASSPHRASE_FILE to a file that holds it',
    ),
    _known(
        'passphrase-wrong',
        r'incorrect passphrase',
        'the passphrase is not that of the stack {stack}: set PULUMI_CONFIG_PASSPHRASE, or '
        'PULUMI_CONFIG_PASSPHRASE_FILE, to the one that it was made with',
    ),
    _known(
        'backend-folder',
        r'unable to open state directory "(?P<where>[^"]*)": (?P<why>[^\n]*)',
        'the backend {backend} cannot be opened: make the folder, or name another one with --backend',
    ),
    _known(
        'backend-credentials',
        r'missing google credentials|could not find default credentials|NoCredentialProviders|no valid credential',
        'no credentials for the backend {backend}: sign in first (`gcloud auth application-default login` for gs://)',
    ),
    _known(
        'backend-unreachable',
        r'(?P<why>no such host|connection refused|i/o timeout|network is unreachable|bucket doesn.t exist'
        r'|storage: bucket[^\n]*exist|code=NotFound|code=PermissionDenied)',
        'the backend {backend} cannot be reached ({why}): check its address and the network',
    ),
    _known(
        'backend-scheme',
        r'PULUMI_ACCESS_TOKEN must be set',
        'the backend {backend} is none that keeps its own state: use file://, gs://, s3:// or azblob://',
    ),
    _known(
        'newer',
        r'unsupported checkpoint version|state store unsupported|is newer than what this version|'
        r'unsupported deployment version|unsupported features',
        'the stack {stack} was written by a newer Pulumi: install a newer CLI (https://www.pulumi.com/docs/install/)',
    ),
    _known(
        'state-broken',
        r'failed to load checkpoint: [^\n]*(unexpected end of JSON|invalid character|EOF)',
        'the state of the stack {stack} is cut off or is no JSON: {repair}',
    ),
    _known(
        'state-integrity',
        r'snapshot integrity error|refers to (missing resource|unknown provider)',
        'the state of the stack {stack} contradicts itself: run `{env}pulumi state repair --stack {full}` and look '
        'at what it proposes',
    ),
    _known(
        'provider-missing',
        r"no resource plugin 'pulumi-resource-(?P<plugin>[^']*)' found in the workspace at version v?(?P<version>\S+)",
        'the provider {plugin} {version} is not installed: run `pulumi plugin install resource {plugin} v{version}` '
        '(or set PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION=false to let Pulumi fetch it)',
    ),
    _known(
        'cli-old',
        r'unknown (flag|shorthand flag|command)',
        'this Pulumi CLI does not know what we ask for: install 3.259 or newer (https://www.pulumi.com/docs/install/)',
    ),
    _known('stopped', r'update cancell?ed', 'stopped: what was in flight was finished and saved'),
)

_CLASSES: Final = {'missing-stack': StackMissingError, 'locked': StackLockedError, 'stopped': StoppedError}


def explain(text: str, code: int, backend: Backend, project: str, stack: str) -> EngineError:
    """What the engine's `text` (its standard error) and exit code mean for this stack."""
    full = f'organization/{project}/{stack}'
    names = {
        'stack': stack,
        'full': full,
        'backend': backend.url,
        'env': f'PULUMI_BACKEND_URL={backend.url} ',
        'repair': _repair(backend, project, stack),
    }
    for known in _TABLE:
        if found := known.pattern.search(text):
            groups = {key: value or '' for key, value in found.groupdict().items()}
            return _CLASSES.get(known.kind, EngineError)(known.sentence.format(**names, **groups), known.kind)
    if code < 0:
        return EngineError(
            f'the engine was killed (signal {-code}): run the same command again; what was in flight is recognised '
            'and repaired',
            'killed',
        )
    said = ' '.join(text.split())
    shown = said if len(said) <= _SHOWN else f'{said[:_SHOWN]}…'
    return EngineError(f'the engine failed ({code}): {shown or "it did not say why"}')


def _repair(backend: Backend, project: str, stack: str) -> str:
    if backend.folder is None:
        return 'restore an earlier version of it from the bucket, below .pulumi/backups'
    state = backend.folder / '.pulumi' / 'stacks' / project / f'{stack}.json'
    return f'put the copy before it back, `cp {state}.bak {state}`, then run `cpg-infra refresh`'

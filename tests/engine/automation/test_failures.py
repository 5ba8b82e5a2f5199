"""What goes wrong, as a sentence with the next command. The texts were recorded from the engine."""

from __future__ import annotations

import pickle

import pytest

from cpg_infra.engine.automation.backend import Backend
from cpg_infra.engine.automation.failures import (
    EngineError,
    RefusedError,
    StackLockedError,
    StackMissingError,
    explain,
)

LOCKED = """\
error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock \
file with `pulumi cancel`.
  gs://states/.pulumi/locks/organization/lantern/prod/9f.json: created by ana@laptop (pid 4711) at 2026-11-22T10:00:00Z
"""

TEXTS = [
    ("error: no stack named 'x' found", 6, 'missing-stack', '`cpg-infra up` makes it'),
    (LOCKED, 1, 'locked', 'the stack prod is locked'),
    (
        'error: get stack secrets manager: passphrase must be set with PULUMI_CONFIG_PASSPHRASE or …',
        1,
        'passphrase-missing',
        'set PULUMI_CONFIG_PASSPHRASE',
    ),
    (
        'error: failed to decrypt: incorrect passphrase, please set PULUMI_CONFIG_PASSPHRASE to …',
        1,
        'passphrase-wrong',
        'not that of the stack prod',
    ),
    (
        'error: getting stack configuration: get stack secrets manager: incorrect passphrase',
        1,
        'passphrase-wrong',
        'not that of the stack prod',
    ),
    (
        'error: unable to open state directory "file:///none": stat /none: no such file or directory',
        1,
        'backend-folder',
        'name another one with --backend',
    ),
    (
        'error: missing google credentials: unable to find gcp credentials …',
        1,
        'backend-credentials',
        'gcloud auth application-default login',
    ),
    ('error: dial tcp: lookup storage.googleapis.com: no such host', 1, 'backend-unreachable', '(no such host)'),
    ('error: PULUMI_ACCESS_TOKEN must be set for login …', 3, 'backend-scheme', 'use file://'),
    ('error: failed to load checkpoint: unsupported checkpoint version 9', 1, 'newer', 'install a newer CLI'),
    (
        "error: state store unsupported: 'meta.yaml' version (9) is not supported by this version of the Pulumi CLI",
        1,
        'newer',
        'install a newer CLI',
    ),
    (
        "error: the stack 'dev' is newer than what this version of the Pulumi CLI understands.",
        1,
        'newer',
        'install a newer CLI',
    ),
    (
        'error: failed to load checkpoint: place 1: unexpected end of JSON input',
        1,
        'state-broken',
        'restore an earlier version of it from the bucket',
    ),
    (
        'The Pulumi CLI encountered a snapshot integrity error. This is a bug!',
        1,
        'state-integrity',
        'pulumi state repair --stack organization/lantern/prod',
    ),
    (
        "error: no resource plugin 'pulumi-resource-gcp' found in the workspace at version v10.2.0 or on your $PATH",
        1,
        'provider-missing',
        'pulumi plugin install resource gcp v10.2.0',
    ),
    ('error: update canceled', 1, 'stopped', 'was finished and saved'),
    ('', -9, 'killed', 'run the same command again'),
    ('error: something new\nin two lines', 255, 'engine', 'the engine failed (255): error: something new in two lines'),
]


@pytest.mark.parametrize(
    ('text', 'code', 'kind', 'said'), TEXTS, ids=[f'{each[2]}-{n}' for n, each in enumerate(TEXTS)]
)
def test_each_text_of_the_engine_becomes_one_sentence(text: str, code: int, kind: str, said: str) -> None:
    error = explain(text, code, Backend('gs://states', '--backend'), 'lantern', 'prod')
    assert error.kind == kind
    assert said in str(error)
    assert '\n' not in str(error)


def test_a_broken_state_in_a_folder_is_put_back_from_its_copy() -> None:
    error = explain(
        'error: failed to load checkpoint: place 1: unexpected end of JSON input',
        1,
        Backend('file:///states', '--backend'),
        'lantern',
        'prod',
    )
    state = '/states/.pulumi/stacks/lantern/prod.json'
    assert f'`cp {state}.bak {state}`' in str(error)


def test_a_long_text_is_shortened() -> None:
    error = explain('x' * 5000, 1, Backend('gs://states', '--backend'), 'lantern', 'prod')
    assert len(str(error)) < 700


@pytest.mark.parametrize(
    'error',
    [EngineError('a', 'b'), StackMissingError('a'), StackLockedError('a'), RefusedError(('a', 'b'))],
    ids=lambda error: type(error).__name__,
)
def test_an_error_crosses_processes_whole(error: EngineError) -> None:
    copied = pickle.loads(pickle.dumps(error))
    assert (type(copied), str(copied), copied.kind) == (type(error), str(error), error.kind)

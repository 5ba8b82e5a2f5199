"""The files that the engine reads for one stack, written into a folder of their own.

They are made anew for each run from the project's own files, where there are any, and from the state. So a run needs
nothing that an earlier one left on this machine, and the salt of the secrets is always that of the state: a wrong
passphrase is refused, and a stack is never silently encrypted anew.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

import yaml

from cpg_infra.engine.automation.failures import EngineError
from cpg_infra.engine.automation.state import State

DEFAULT_NAME: Final = 'cpg-infra'
"""The project of a configuration that has no Pulumi.yaml."""

OWN_PROVIDER: Final = 'cpg'

Settings: TypeAlias = dict[str, object]


@dataclass(frozen=True, slots=True)
class Project:
    """A Pulumi project: its name, and where its own files are."""

    name: str
    folder: Path

    def write(self, target: Path, stack: str, state: State) -> None:
        """Write the project's file and the stack's settings into `target`."""
        (target / 'Pulumi.yaml').write_text(yaml.safe_dump(self._settings()), encoding='utf-8')
        _write_settings(target / f'Pulumi.{stack}.yaml', self._stack_settings(stack), state)

    def _settings(self) -> Settings:
        plugins = _read(self.folder / 'Pulumi.yaml').get('plugins')
        listed = plugins.get('providers') if isinstance(plugins, Mapping) else None
        providers = [self._placed(each) for each in listed or () if isinstance(each, Mapping)]
        ours = own_provider()
        if ours is not None and not any(each.get('name') == OWN_PROVIDER for each in providers):
            providers.append({'name': OWN_PROVIDER, 'path': str(ours.parent)})
        settings: Settings = {'name': self.name, 'runtime': 'python'}
        return {**settings, 'plugins': {'providers': providers}} if providers else settings

    def _placed(self, provider: Mapping[str, object]) -> Settings:
        """An entry whose path is not relative to the project's folder any more."""
        path = provider.get('path')
        return {**provider, 'path': str((self.folder / path).resolve())} if isinstance(path, str) else {**provider}

    def _stack_settings(self, stack: str) -> Settings:
        return _read(self.folder / f'Pulumi.{stack}.yaml')


def find_project(folder: str | Path) -> Project:
    """The project in the configuration's folder; its name is ours when there is no Pulumi.yaml."""
    place = Path(folder).resolve()
    name = _read(place / 'Pulumi.yaml').get('name')
    return Project(name if isinstance(name, str) and name else DEFAULT_NAME, place)


def own_provider(environment: Mapping[str, str] = os.environ) -> Path | None:
    """The executable of our provider: beside this interpreter, also in an environment that is not active."""
    beside = str(Path(sys.executable).parent)
    found = shutil.which(f'pulumi-resource-{OWN_PROVIDER}', path=f'{beside}{os.pathsep}{environment.get("PATH", "")}')
    return Path(found).absolute() if found else None


def _write_settings(file: Path, settings: Settings, state: State) -> None:
    # A project's own file goes first: its secrets are encrypted under its own salt.
    if not {'encryptionsalt', 'encryptedkey'} & settings.keys():
        settings = {**settings, **state.secrets_settings}
    if settings:
        file.write_text(yaml.safe_dump(settings), encoding='utf-8')
        file.chmod(0o600)


def _read(file: Path) -> Settings:
    if not file.is_file():
        return {}
    try:
        found = yaml.safe_load(file.read_text(encoding='utf-8'))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise EngineError(f'{file}: not YAML: {" ".join(str(error).split())}', 'project') from None
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise EngineError(f'{file}: not a mapping', 'project')
    return found

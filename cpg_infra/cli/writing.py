"""Where output goes: standard output, standard error, or a file that is whole or absent."""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from pathlib import Path
from typing import IO, Final

import typer

STANDARD_OUTPUT: Final = '-'


def show(content: str | bytes) -> None:
    """Write to standard output in one piece.

    A reader that stops early (`| head`) has seen what it wanted: the rest is dropped, and the command's verdict
    stays. Raises OSError when the output cannot be written for another reason.
    """
    _write(sys.stdout, content)


def note(text: str) -> None:
    """Say something on standard error, beside the output."""
    _write(sys.stderr, text + '\n')


def _write(stream: IO[str] | None, content: str | bytes) -> None:
    # It is None when the descriptor was closed (`>&-`).
    if stream is None:
        return
    try:
        if isinstance(content, bytes):
            stream.flush()
            stream.buffer.write(content)  # type: ignore[attr-defined]  # both are text over bytes
        else:
            stream.write(content)
        stream.flush()
    except BrokenPipeError:
        drop_the_rest(stream)
    except OSError:
        drop_the_rest(stream)
        raise


def drop_the_rest(stream: IO[str]) -> None:
    """Let go of what could not be written: the interpreter flushes once more when it ends, and would complain."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def terminal_width() -> int | None:
    """Columns of the terminal that standard output is; None when it is none, or shows no colours."""
    if sys.stdout is None or not sys.stdout.isatty() or os.environ.get('TERM') == 'dumb':
        return None
    if os.environ.get('NO_COLOR'):
        return None
    import shutil

    return shutil.get_terminal_size().columns


def check_target(out: str | None) -> None:
    """Refuse a file that cannot be written, before any work. Raises `typer.BadParameter`."""
    if out is None or out == STANDARD_OUTPUT:
        return
    target = Path(out)
    if target.is_dir():
        raise typer.BadParameter(f'{out} is a folder', param_hint='--out')
    if not target.parent.is_dir():
        raise typer.BadParameter(f'{target.parent} is not a folder', param_hint='--out')


def write_file(out: str, content: str | bytes) -> None:
    """Write a file so that it is the old one or the new one, never half of it.

    A device or a pipe is written to directly. Raises OSError, which names `out`.
    """
    if out == STANDARD_OUTPUT:
        show(content)
        return
    data = content.encode(errors='backslashreplace') if isinstance(content, str) else content
    # A link keeps pointing where it does.
    target = Path(os.path.realpath(out))
    try:
        if target.exists() and not target.is_file():
            target.write_bytes(data)
        else:
            _replace(target, data)
    except BrokenPipeError:
        return
    except OSError as error:
        raise OSError(error.errno, error.strerror, out) from None


def _replace(target: Path, data: bytes) -> None:
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f'.{target.name[:200]}.')
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, 'wb') as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(_mode_of(target))
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _mode_of(target: Path) -> int:
    """The permissions of the file that is there, else those of a new file."""
    if target.exists():
        return stat.S_IMODE(target.stat().st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask

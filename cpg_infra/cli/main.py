"""`cpg-infra`: the application, and what happens around every command."""

from __future__ import annotations

import gc
import io
import sys
from typing import Annotated

import typer

from cpg_infra.cli.commands.billing import billing
from cpg_infra.cli.commands.destroy import destroy
from cpg_infra.cli.commands.export import export
from cpg_infra.cli.commands.plan import plan
from cpg_infra.cli.commands.preview import preview
from cpg_infra.cli.commands.refresh import refresh
from cpg_infra.cli.commands.schema import schema
from cpg_infra.cli.commands.stacks import stacks
from cpg_infra.cli.commands.up import up
from cpg_infra.cli.commands.validate import validate
from cpg_infra.cli.failures import FAULTY
from cpg_infra.cli.writing import drop_the_rest, note

# Markup and pretty exceptions would import rich, which costs more than the rest of a start.
app = typer.Typer(
    name='cpg-infra',
    help='From a folder of configuration to a complete, reviewable plan of an organisation’s clouds.',
    epilog='Exit status: 0 all is well, 1 the configuration has faults or the work failed, 2 wrong usage '
    '(with --detailed-exitcode also: all is well and something changes).',
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={'help_option_names': ['-h', '--help']},
)
for command in (validate, plan, stacks, preview, up, refresh, destroy, export, schema):
    app.command(no_args_is_help=False)(command)
app.add_typer(billing)


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f'cpg-infra {version("cpg-infra")}')
        raise typer.Exit


@app.callback()
def _options(
    *,
    version: Annotated[
        bool, typer.Option('--version', callback=_show_version, is_eager=True, help='Show the version and stop.')
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command that the arguments name. Raises `SystemExit` with its status."""
    # A command builds one plan and ends: looking for garbage would cost a fifth of its time and find none, and
    # taking the plan apart at the end as much again.
    was_enabled = gc.isenabled()
    gc.disable()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal that cannot show a character is no reason to stop.
            stream.reconfigure(errors='backslashreplace')
    try:
        app()
    except OSError as error:
        # The output itself cannot be written, not even help.
        drop_the_rest(sys.stdout)
        note(f'cpg-infra: cannot write: {(error.strerror or str(error)).lower()}')
        sys.exit(FAULTY)
    finally:
        gc.freeze()
        if was_enabled:
            gc.enable()

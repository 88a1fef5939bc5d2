"""The ``hub`` command: one line for every error, never a traceback, never what a message holds."""

from __future__ import annotations

import io
import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING

import click

from hub import __version__
from hub.cli.options import HubGroup
from hub.errors import HubError, SurroundingsError

if TYPE_CHECKING:
    from types import TracebackType


# The module of each command. It is loaded when the command is called: a call then takes a third
# less time, and people and scripts make many.
_MODULES = {
    "backup": "backup",
    "calendar": "calendar",
    "connect": "connect",
    "console": "console",
    "custody": "custody",
    "demo": "demo",
    "gateway": "gateway",
    "init": "home",
    "keys": "keys",
    "ledger": "ledger",
    "operators": "operators",
    "quarantine": "quarantine",
    "receipts": "messages",
    "receive": "messages",
    "restore": "backup",
    "rules": "rules",
    "run": "run",
    "schemas": "schemas",
    "simulate": "simulate",
    "submit": "messages",
    "topics": "topics",
}


class _Commands(HubGroup):
    """Every command, each loaded when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Give the names of all commands."""
        del ctx
        return list(_MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a command's module, or give nothing where there is no such command."""
        if cmd_name in _MODULES and cmd_name not in self.commands:
            for command in import_module(f"hub.cli.{_MODULES[cmd_name]}").COMMANDS:
                self.add_command(command)
        return super().get_command(ctx, cmd_name)


@click.group(cls=_Commands)
@click.version_option(__version__, prog_name="hub")
def cli() -> None:
    """住民記録の連携ハブ / Move resident-registry data lawfully, recorded and provably."""


def main() -> None:
    """Run the command of this process's arguments and exit with its code."""
    sys.excepthook = _last_words
    for stream in (sys.stdout, sys.stderr):
        # Results are UTF-8 wherever they go: names cannot be said in every locale's encoding.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8")
    code = _run()
    _let_go_of_output()
    sys.exit(code)


def _let_go_of_output() -> None:
    """Throw away what cannot be printed: it was told, and at exit Python would fail on it once more."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _run() -> int:
    """Run the command; every error that can be named becomes one line and an exit code."""
    try:
        code = cli.main(standalone_mode=False)
        sys.stdout.flush()
    except HubError as error:
        code = _fail(str(error), error.exit_code)
    except click.UsageError as error:
        code = _fail(_usage_words(error), 2)
    except (KeyboardInterrupt, click.Abort):
        code = _fail("中断しました / interrupted", 130)
    except BrokenPipeError:
        # Whoever read our output has seen enough.
        code = 0
    except OSError as error:
        words = f"ファイルを読み書きできません（{error.strerror}） / a file cannot be used"
        code = _fail(words, SurroundingsError.exit_code)
    return code if isinstance(code, int) else 0


def _fail(words: str, code: int) -> int:
    """Print one line on stderr and give the exit code."""
    sys.stderr.write("hub: " + " ".join(words.split()) + "\n")
    return code


def _usage_words(error: click.UsageError) -> str:
    """Say what is wrong with the call without repeating what was typed."""
    command = error.ctx.command_path if error.ctx else "hub"
    help_line = f"{command} --help を見てください / see {command} --help"
    if isinstance(error, click.MissingParameter) and error.param:
        return f"{error.param.opts[-1]} を指定してください / it is missing; {help_line}"
    if isinstance(error, click.BadParameter) and error.param:
        return (
            f"{error.param.opts[-1]} の値が正しくありません / its value is not valid; {help_line}"
        )
    return f"コマンドかオプションが正しくありません / no such command or option; {help_line}"


def _last_words(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """Name an error nobody foresaw by its kind and place alone: its words may hold a value."""
    del error
    place = ""
    while trace:
        place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
        trace = trace.tb_next
    _fail(f"予期しない誤り / an unforeseen error: {kind.__name__} at {place}", 1)

"""What all commands share: the group they belong to, exit codes, and how errors are told."""

from __future__ import annotations

import functools
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event
from types import FrameType
from typing import Any, NoReturn

import click

from matcher.console import Terminal, clean, placed_data, placed_lines

OTHERS = 0o007  # what files of people allow neither to read nor to write
OK, BAD_INPUT, VIOLATED, OUR_BUG, INTERRUPTED = 0, 1, 4, 5, 130  # 3: LimitError says so itself


def _print_version(context: click.Context, _parameter: click.Parameter, asked: bool) -> None:
    if asked:
        from matcher import __version__

        click.echo(f"matcher {__version__}")
        context.exit()


@contextmanager
def _interrupted() -> Iterator[None]:
    """End with the exit code of the contract where Ctrl-C comes before a command begins or after it ends."""
    try:
        yield
    except KeyboardInterrupt:
        Terminal().error("interrupted")
        sys.exit(INTERRUPTED)


class _InOrder(click.Group):
    """Lists its commands in the order in which they are used; Ctrl-C ends it as the contract says.

    What it says of bad usage holds no escapes.
    """

    def list_commands(self, _context: click.Context) -> list[str]:
        return list(self.commands)

    def make_context(self, *arguments: Any, **options: Any) -> click.Context:  # noqa: ANN401 - whatever click has
        with _interrupted():
            return super().make_context(*arguments, **options)

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - as click has it
        try:
            with _interrupted():
                return super().invoke(ctx)
        except click.UsageError as error:
            # Not all of click's own messages quote what was typed, or what a pattern such as * has found.
            said = error.format_message()
            cleaned = "\n".join(map(clean, said.split("\n")))
            if cleaned == said:
                raise
            raise click.UsageError(cleaned, error.ctx) from None


@click.group(cls=_InOrder, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_print_version,
    help="Show the version and exit.",
)
def cli() -> None:
    """Pair mentees with mentors and schedule their sessions, proven optimal."""


def command(example: str) -> Callable[[Callable[..., int]], click.Command]:
    """Make a function a command: the common options, an example in its help, exit codes for its errors."""

    def decorate(function: Callable[..., int]) -> click.Command:
        @functools.wraps(function)
        def run(*, as_json: bool, quiet: bool, verbose: bool, **arguments: Any) -> NoReturn:  # noqa: ANN401 - whatever the command declares
            if quiet and verbose:
                raise click.UsageError("--quiet and --verbose contradict each other")
            terminal = Terminal(quiet=quiet, verbose=verbose, as_json=as_json)
            sys.exit(_exit_code(terminal, functools.partial(function, terminal, **arguments)))

        made = cli.command(epilog=f"\b\nExample:\n  {example}")(run)
        made.params += _COMMON
        return made

    return decorate


_COMMON = (
    click.Option(["--json", "as_json"], is_flag=True, help="Print the result to standard output as JSON."),
    click.Option(["-q", "--quiet"], is_flag=True, help="Print the result and errors only."),
    click.Option(["-v", "--verbose"], is_flag=True, help="Print every step with its seconds."),
)
SETTINGS = click.option(
    "--set",
    "settings",
    metavar="KEY=VALUE",
    multiple=True,
    help="Override a key of programme.toml, e.g. sessions.minutes=30; may be repeated.",
)


def _exit_code(terminal: Terminal, work: Callable[[], int]) -> int:
    """Do the work; whatever goes wrong becomes a message and the exit code of the contract."""
    with _noting_interrupts() as interrupted, _closed_to_others():
        return _tried(terminal, work, interrupted)


@contextmanager
def _closed_to_others() -> Iterator[None]:
    """Whatever is written may be about people: only its owner, and the group where umask says so, can read it."""
    former = os.umask(0o077)
    os.umask(former | OTHERS)
    try:
        yield
    finally:
        os.umask(former)


@contextmanager
def _noting_interrupts() -> Iterator[Event]:
    """Set the event at Ctrl-C: a library that is just being imported may turn that into an error of its own."""
    interrupted = Event()
    former, main = signal.getsignal(signal.SIGINT), threading.current_thread() is threading.main_thread()
    if former is not signal.default_int_handler or not main:  # only the main thread may set handlers
        yield interrupted
        return

    def note(number: int, frame: FrameType | None) -> None:
        interrupted.set()
        signal.default_int_handler(number, frame)

    signal.signal(signal.SIGINT, note)
    try:
        yield interrupted
    finally:
        signal.signal(signal.SIGINT, former)


def _tried(terminal: Terminal, work: Callable[[], int], interrupted: Event) -> int:
    try:
        return work()
    except click.ClickException:
        raise  # bad usage: click prints it and ends with 2
    except KeyboardInterrupt:
        terminal.error("interrupted")
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the user is never shown a raw traceback
        if interrupted.is_set() and isinstance(error, ImportError):
            terminal.error("interrupted")
            return INTERRUPTED
        return _report_error(terminal, error)


def _report_error(terminal: Terminal, error: Exception) -> int:
    from matcher.errors import InputError, MatcherError, lacks_memory, reason

    faults = error.faults if isinstance(error, InputError) else ()
    code = BAD_INPUT
    if faults:
        lines = placed_lines(faults, "fault")
    elif isinstance(error, MatcherError):
        lines, code = str(error).split("\n"), error.exit_code
    elif isinstance(error, OSError):
        place = f"{error.filename}: " if error.filename else ""
        lines = [f"{place}{reason(error)}"]
    elif lacks_memory(error):
        lines = ["there is not enough memory for this cohort"]
    else:
        lines, code = _internal_error(terminal, error), OUR_BUG
    terminal.error(*lines)
    if terminal.as_json:
        terminal.result("", {"error": "\n".join(lines), "exit_code": code, "faults": placed_data(faults)})
    return code


def _internal_error(terminal: Terminal, error: Exception) -> list[str]:
    said = f"internal error, a bug in matcher: {type(error).__name__}: {error}"
    if terminal.verbose:
        return [said, *"".join(traceback.format_exception(error)).splitlines()]
    return [said, "Please report it; the same command with --verbose shows where it happened."]

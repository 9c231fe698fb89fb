"""Write commands.md beside this file: what each command's --help says.

Run `python docs/make_commands.py` after a change of the command line; a test compares.
"""  # noqa: INP001 - a script, not a package

from __future__ import annotations

from pathlib import Path

import click

from matcher.cli import cli

WIDTH = 96

HEAD = """\
# Commands

Each command prints its result as one line on standard output (`explain` as a page); warnings, progress and advice
go to standard error. With `--json` the result is JSON. Progress is shown on a terminal only; `NO_COLOR` counts.

| exit code | meaning |
|---|---|
| 0 | done; for `check`: ready; for `solve`: a solution was written, also one that the time limit left unproven |
| 1 | bad input; `check`: not ready; `solve` also: RUN is in the way; `import-calendars` has imported the rest |
| 2 | bad usage |
| 3 | the time limit came before any solution |
| 4 | `verify` found a violation, or `rerun` a difference |
| 5 | a bug in matcher; `solve` writes nothing but `matcher-bug-report.json`, without names, to send |
| 130 | interrupted; `solve` has written the best answer so far unless it says that it has not |

`sweep` goes on after a case that fails; it ends with the code of the first such case, or 5 if any has that.

## Shell completion

Once per shell, in its start-up file:

| shell | file | line |
|---|---|---|
| bash | `~/.bashrc` | `eval "$(_MATCHER_COMPLETE=bash_source matcher)"` |
| zsh | `~/.zshrc` | `eval "$(_MATCHER_COMPLETE=zsh_source matcher)"` |
| fish | `~/.config/fish/completions/matcher.fish` | `_MATCHER_COMPLETE=fish_source matcher \\| source` |
"""


def text() -> str:
    """Return the whole of commands.md."""
    group = click.Context(cli, info_name="matcher", terminal_width=WIDTH, **cli.context_settings)
    contexts = [click.Context(cli.commands[n], info_name=n, parent=group) for n in cli.list_commands(group)]
    return "\n".join([HEAD, *(_block(context) for context in (group, *contexts))])


def _block(context: click.Context) -> str:
    shown = "\n".join(line.rstrip() for line in context.get_help().splitlines())
    return f"## {context.command_path}\n\n```text\n{shown}\n```\n"


if __name__ == "__main__":
    Path(__file__).with_name("commands.md").write_text(text(), "utf-8")

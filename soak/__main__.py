"""The command: run one of the attacks, print what it found, keep its figures."""

from __future__ import annotations

import importlib
import importlib.util

import click

ATTACKS = ("answers", "inputs", "faults", "content", "mutants", "report")
"""Modules of this folder, each with a click command `main`; loaded when asked for."""


class Attacks(click.Group):
    """The attacks as commands."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - the signature is click's
        """Give the names in the order in which docs/reliability.md tells of them."""
        return [name for name in ATTACKS if importlib.util.find_spec(f"soak.{name}") is not None]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Give the command of a name, or None."""
        if cmd_name not in self.list_commands(ctx):
            return None
        command = importlib.import_module(f"soak.{cmd_name}").main
        return command if isinstance(command, click.Command) else None


@click.command(
    cls=Attacks,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120},
)
def main() -> None:
    """Attack matcher for as long as you like; every attack repeats from its seed (docs/reliability.md)."""


if __name__ == "__main__":
    main(prog_name="python -m soak")

"""The reference of filters in the `--help` of commands that take one."""

import click


class FilterCommand(click.Command):
    """A command that takes a filter and lists words, fields and claims in its help."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the words, fields and claims of filters."""
        from imptui.query.completion import NOTE, SYNTAX

        super().format_epilog(ctx, formatter)
        for heading, lines in SYNTAX:
            with formatter.section(f"Filter: {heading[0].lower()}{heading[1:]}"):
                formatter.write_dl(lines, col_max=36)
        formatter.write_paragraph()
        formatter.write_text(NOTE)

"""What a filter can ask, behind `--help` of the commands that take one."""

import click


class FilterCommand(click.Command):
    """A command that takes a filter, and whose help says what can be asked."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Words, fields, claims."""
        from imptui.query.completion import NOTE, SYNTAX

        super().format_epilog(ctx, formatter)
        for heading, lines in SYNTAX:
            with formatter.section(f"Filter: {heading[0].lower()}{heading[1:]}"):
                formatter.write_dl(lines, col_max=36)
        formatter.write_paragraph()
        formatter.write_text(NOTE)

"""`burn prices`: which models have a price, and which price."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from relayburn.jsnum import number_text
from relayburn.ledger.home import Home
from relayburn.pricing.load import load_pricing, read_catalogue, shipped_prices_origin
from relayburn.pricing.table import ModelRate, PriceTable
from relayburn.semantics import Semantics

_COLUMNS = ("model", "input", "output", "cache read", "write 5m", "write 1h", "")


@click.command()
@click.argument("words", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="One JSON object, by model id.")
@click.option(
    "--semantics",
    default="current",
    show_default=True,
    envvar="RELAYBURN_SEMANTICS",
    type=click.Choice(["current", "ts-1.10"]),
    help="Whose prices: the vendors', or the reference's table.",
)
@click.option("--ledger-path", type=click.Path(path_type=Path), help="The home whose models.dev.json counts.")
def prices(words: tuple[str, ...], as_json: bool, semantics: str, ledger_path: Path | None) -> None:
    """List the prices in force, in US dollars per million tokens.

    Only models whose id holds all WORDS are listed. The prices ship with relayburn; `models.dev.json` in the home
    overrides them. Nothing is ever fetched.

    \b
    burn prices opus
    burn prices gpt 5 --json
    """
    home = Home.of_environment()
    override = home.price_override if ledger_path is None else ledger_path / home.price_override.name
    rules = Semantics.named(semantics)
    if override.exists():
        # Costs are still told where the file is unusable; who asks for prices should learn of it.
        read_catalogue(override, semantics=rules)
    table = load_pricing(home=override.parent, semantics=rules)
    chosen = {model: table[model] for model in sorted(table) if all(word.lower() in model.lower() for word in words)}
    if as_json:
        _print_json(chosen)
    elif chosen:
        _print_table(chosen)
        click.echo(f"\n{len(chosen)} of {len(table)} models; {shipped_prices_origin()}")
    else:
        raise click.ClickException(f"no model with a price is called {' '.join(words)}; its turns cost nothing here")


def _print_json(table: PriceTable) -> None:
    import msgspec

    click.echo(msgspec.json.format(msgspec.json.encode(dict(table)), indent=2).decode())


def _print_table(table: PriceTable) -> None:
    rows = [_COLUMNS, *(_row(model, rate) for model, rate in table.items())]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_COLUMNS))]
    for row in rows:
        click.echo(_line(row, widths))


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    model, *figures, notes = (cell for cell in row)
    cells = [
        model.ljust(widths[0]),
        *(cell.rjust(width) for cell, width in zip(figures, widths[1:], strict=False)),
        notes,
    ]
    return "  ".join(cells).rstrip()


def _row(model: str, rate: ModelRate) -> tuple[str, ...]:
    figures = (rate.input, rate.output, rate.cache_read, rate.cache_write, rate.cache_write_1h)
    return (
        model,
        *(number_text(figure) if isinstance(figure, int | float) else "" for figure in figures),
        ", ".join(_notes(rate)),
    )


def _notes(rate: ModelRate) -> Iterable[str]:
    for tier in rate.context_tiers or ():
        yield f"{number_text(tier.input)}/{number_text(tier.output)} above {tier.context_tokens} tokens"
    dates = [period.since for period in rate.dated or () if period.since]
    if dates:
        yield f"changed {', '.join(dates)}"

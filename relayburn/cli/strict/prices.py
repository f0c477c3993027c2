"""`burn prices`: which models have a price, and which price."""

from __future__ import annotations

from collections.abc import Iterable

import click

from relayburn.cli.report import Table, write_report
from relayburn.cli.shell import Shell
from relayburn.cli.strict.options import in_shell
from relayburn.jsnum import number_text
from relayburn.pricing.load import load_pricing, read_catalogue, shipped_prices_origin
from relayburn.pricing.table import ModelRate, PriceTable

_COLUMNS = ("model", "input", "output", "cache read", "write 5m", "write 1h", "")


@click.command()
@click.argument("words", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="One JSON object, by model id.")
@in_shell
def prices(shell: Shell, words: tuple[str, ...], as_json: bool) -> int:
    """List the prices in force, in US dollars per million tokens.

    Only models whose id holds all WORDS are listed. The prices ship with relayburn; `models.dev.json` in the home
    overrides them. Nothing is ever fetched.

    \b
    burn prices opus
    burn prices gpt 5 --json
    """
    home = shell.home
    if home.price_override.exists():
        # Costs are still told where the file is unusable; who asks for prices should learn of it.
        read_catalogue(home.price_override, semantics=shell.semantics)
    table = load_pricing(home=home.path, semantics=shell.semantics)
    chosen = {model: table[model] for model in sorted(table) if all(word.lower() in model.lower() for word in words)}
    if as_json:
        shell.say(_json(chosen))
    elif chosen:
        rows = [_COLUMNS, *(_row(model, rate) for model, rate in chosen.items())]
        write_report(shell, [Table(rows), "", f"{len(chosen)} of {len(table)} models; {shipped_prices_origin()}"])
    else:
        raise click.ClickException(
            f"no model with a price is called {' '.join(words)}, its turns cost nothing here; "
            f"a price can be given in {home.price_override}"
        )
    return 0


def _json(table: PriceTable) -> str:
    import msgspec

    return msgspec.json.format(msgspec.json.encode(dict(table)), indent=2).decode()


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

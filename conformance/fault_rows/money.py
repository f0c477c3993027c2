"""Faults of money: what usage costs, at which prices, and who is paid."""

from __future__ import annotations

from conformance.fault import Fault
from conformance.mutation import Change, Drop, Flip, Misspell, Rewrite, Shift

COST = ("relayburn.analyze.cost.*",)
PRICES = ("relayburn.analyze.pricing.*",)
PROVIDERS = ("relayburn.analyze.provider.*",)
HOTSPOTS = ("relayburn.analyze.hotspots.*",)


def _in(module: str, name: str, change: Change, protocols: tuple[str, ...]) -> Fault:
    return Fault(f"money: {name}", f"relayburn.{module}", change, protocols, areas=("analyze", "current"))


FAULTS = (
    # What a usage costs.
    _in(
        "pricing.cost",
        "cache reads cost as much as input",
        Rewrite("usage.cache_read / MILLION * rate.cache_read", "usage.cache_read / MILLION * rate.input"),
        COST,
    ),
    _in(
        "pricing.cost",
        "one-hour writes are counted twice",
        Rewrite(
            "(usage.cache_create_5m + usage.cache_create_1h) / MILLION",
            "(usage.cache_create_5m + 2 * usage.cache_create_1h) / MILLION",
        ),
        COST,
    ),
    _in(
        "pricing.cost",
        "five minutes and one hour are swapped",
        Rewrite(
            "usage.cache_create_5m / MILLION * rate.cache_write + usage.cache_create_1h / MILLION * rate.cache_write_1h",
            "usage.cache_create_1h / MILLION * rate.cache_write + usage.cache_create_5m / MILLION * rate.cache_write_1h",
        ),
        COST,
    ),
    _in("pricing.cost", "there is one price for both writes where there are two", Flip("_cost"), COST),
    _in("pricing.cost", "a million is one more", Shift("MILLION"), COST),
    _in(
        "pricing.cost",
        "reasoning is in its own field alone",
        Rewrite("input_ + output + reasoning + cache_read", "input_ + output + cache_read"),
        COST,
    ),
    _in("pricing.cost", "a sum is called otherwise", Misspell("sum_costs"), COST),
    _in(
        "pricing.cost",
        "a sum's total is added up anew",
        Rewrite(
            "total += cost.total",
            "total += cost.input + cost.output + cost.reasoning + cost.cache_read + cost.cache_create",
        ),
        COST,
    ),
    # Which prices hold.
    _in("pricing.rate", "Codex's reasoning is counted twice", Flip("rate_for_turn"), COST),
    _in("pricing.rate", "every source's output holds its reasoning", Misspell("rate_for_turn"), COST),
    _in(
        "pricing.rate",
        "a mode that is given is not heard",
        Rewrite(
            "rate.reasoning_mode if reasoning_mode is UNSET or reasoning_mode is None else reasoning_mode",
            "rate.reasoning_mode",
        ),
        COST,
    ),
    _in("pricing.rate", "only reasoning that output holds is paid", Flip("_reasoning_price", 0), COST),
    _in("pricing.rate", "a price for reasoning holds unless it is separate", Flip("_reasoning_price", 1), COST),
    _in("pricing.rate", "a tier loses the price of reasoning", Drop("_reasoning_price", 1), COST),
    _in("pricing.rate", "a tier holds from its own size on", Flip("_tier"), COST),
    _in(
        "pricing.rate",
        "the lowest tier that is exceeded holds",
        Rewrite("            found = tier\n", "            return tier\n"),
        COST,
    ),
    _in("pricing.rate", "cache reads are no context", Drop("context_tokens", 1), COST),
    _in("pricing.rate", "one-hour writes are no context", Drop("context_tokens", 3), COST),
    _in(
        "pricing.rate",
        "output is context",
        Rewrite("counts = (usage.input,", "counts = (usage.input, usage.output,"),
        COST,
    ),
    _in("pricing.rate", "the day of a change pays the old price", Flip("_period", 1), COST),
    _in(
        "pricing.rate",
        "a day is that of the log's own clock",
        Rewrite("(time if time.tzinfo is None else time.astimezone(UTC)).date()", "time.date()"),
        COST,
    ),
    _in("pricing.rate", "an hour costs three times the input", Shift("_one_hour_write_price"), COST),
    _in(
        "pricing.rate",
        "an hour costs twice the input with every vendor",
        Rewrite(" if is_anthropic(model) else _price(figures.cache_write)", ""),
        COST,
    ),
    _in(
        "pricing.rate",
        "an hour that costs nothing has no price",
        Rewrite(
            "figures.cache_write_1h is not UNSET and figures.cache_write_1h is not None",
            "figures.cache_write_1h",
        ),
        COST,
    ),
    _in("pricing.rate", "models bought elsewhere are nobody's", Rewrite("(?:^|[/.:@])claude", "^claude"), COST),
    _in(
        "pricing.rate",
        "both kinds of writes weigh the same",
        Rewrite(
            "short * self.cache_write + long * self.cache_write_1h", "(self.cache_write + self.cache_write_1h) / 2"
        ),
        HOTSPOTS,
    ),
    _in("pricing.rate", "only a hyphen stands before a day", Rewrite('r"[-@](?:', 'r"-(?:'), COST),
    _in("pricing.table", "a price for reasoning needs no mode", Misspell("SEPARATE"), COST),
    _in("pricing.table", "output never holds reasoning", Misspell("INCLUDED_IN_OUTPUT"), COST),
    _in("pricing.table", "a null entry is a price", Rewrite(" if truthy(entry)}", "}"), PRICES),
    _in(
        "pricing.unpriced", "the tokens of unpriced turns hold no cache reads", Rewrite("+ usage.cache_read ", ""), COST
    ),
    _in("pricing.unpriced", "unpriced reasoning of Codex counts twice", Flip("billed_tokens"), COST),
    _in("pricing.unpriced", "what has a price is unpriced", Flip("summarize_unpriced", 1), COST),
    _in(
        "pricing.unpriced",
        "a free model is unpriced",
        Rewrite(
            "= rate_for_turn(turn, table, semantics=semantics) is not None",
            "= bool((rate := rate_for_turn(turn, table, semantics=semantics)) is not None and rate.input)",
        ),
        COST,
    ),
    _in("pricing.cost", "a million is one less", Shift("MILLION", by=-1), COST),
    _in("pricing.table", "output is no measure of reasoning", Misspell("SAME_AS_OUTPUT"), PRICES),
    # The table.
    _in(
        "pricing.flatten",
        "the first provider of a model wins",
        Rewrite("table[model_id] = rate", "table.setdefault(model_id, rate)"),
        PRICES,
    ),
    _in("pricing.flatten", "xAI resells", Drop("FIRST_PARTIES", 4), PRICES),
    _in("pricing.flatten", "resellers are the vendors", Flip("flatten", 2), PRICES),
    _in("pricing.flatten", "only a vendor's first price counts", Rewrite(" and not first_party)", ")"), PRICES),
    _in("pricing.flatten", "only rows without a price count", Flip("flatten", 4), PRICES),
    _in("pricing.flatten", "cache reads cost a dollar by default", Shift("_rate"), PRICES),
    _in(
        "pricing.flatten",
        "cache writes cost nothing by default",
        Rewrite('cost.get("cache_write"), input_)', 'cost.get("cache_write"), 0)'),
        PRICES,
    ),
    _in(
        "pricing.flatten",
        "caching for nothing is the default",
        Rewrite("default if value is None else value", "value or default"),
        PRICES,
    ),
    _in(
        "pricing.flatten",
        "reasoning for nothing has no price",
        Rewrite("separate = is_number(reasoning)", "separate = bool(reasoning)"),
        PRICES,
    ),
    _in(
        "pricing.flatten",
        "true is a price",
        Rewrite("is_number(input_) and", "isinstance(input_, int | float) and"),
        PRICES,
    ),
    _in(
        "pricing.flatten", "index-like ids keep their place", Rewrite("in property_order(value))", "in value)"), PRICES
    ),
    _in(
        "pricing.flatten",
        "tiers stand as they are listed",
        Rewrite(
            "tuple(sorted((tier for tier in tiers if tier is not None), key=lambda tier: tier.context_tokens))",
            "tuple(tier for tier in tiers if tier is not None)",
        ),
        PRICES,
    ),
    _in("pricing.flatten", "every tier but those of context counts", Flip("_tier", 0), PRICES),
    _in("pricing.flatten", "an hour's price has another name", Misspell("_one_hour", 0), PRICES),
    _in(
        "pricing.load",
        "the shipped price wins over the user's",
        Rewrite("{**base, **override}", "{**override, **base}"),
        PRICES,
    ),
    _in("pricing.load", "the user's prices lie elsewhere", Misspell("OVERRIDE_NAME"), PRICES),
    _in(
        "pricing.load",
        "a byte order mark is passed over",
        Rewrite('"utf-8", "replace"', '"utf-8-sig", "replace"'),
        PRICES,
    ),
    _in(
        "pricing.lookup",
        "the last slash of an id counts",
        Rewrite('model.partition("/")', 'model.rpartition("/")'),
        PRICES,
    ),
    _in("pricing.lookup", "what stands behind a gateway is not looked up", Flip("lookup_model_rate", 1), PRICES),
    _in(
        "pricing.lookup",
        "ids are compared without case",
        Rewrite(
            "direct = table.get(model)",
            "direct = next((rate for name, rate in table.items() if name.lower() == model.lower()), None)",
        ),
        PRICES,
    ),
    _in(
        "pricing.lookup",
        "a slash comes before a gateway",
        Rewrite(
            "routed = resolve_provider(model).normalized_model",
            'routed = model.partition("/")[2] or resolve_provider(model).normalized_model',
        ),
        PRICES,
    ),
    _in("pricing.flatten", "Google resells", Drop("FIRST_PARTIES", 2), PRICES),
    _in("pricing.flatten", "vendors own what they do not list", Flip("flatten", 5), PRICES),
    _in("pricing.flatten", "output is listed under another name", Misspell("_rate", 1), PRICES),
    _in("pricing.flatten", "reasoning is listed under another name", Misspell("_rate", 2), PRICES),
    _in("pricing.flatten", "cache reads are listed under another name", Misspell("_rate", 3), PRICES),
    _in("pricing.flatten", "cache writes are listed under another name", Misspell("_rate", 4), PRICES),
    _in("pricing.flatten", "sizes of tiers are listed under another name", Misspell("_tier", 1), PRICES),
    _in("pricing.load", "any name of an override means none", Flip("load_pricing", 3), PRICES),
    _in("pricing.load", "an override by name is not read", Flip("load_pricing", 1), PRICES),
    # Providers.
    _in("pricing.routing", "no gateway is called hf", Drop("DEFAULT_RULES", 2), PROVIDERS + PRICES),
    _in(
        "pricing.routing",
        "a rule without a group cuts up to its match",
        Rewrite("model[len(match[0]) :] if group", "model[match.end() :] if group"),
        PROVIDERS,
    ),
    _in("pricing.routing", "the whole line is behind a gateway", Rewrite("[^\\n\\r\\u2028\\u2029]+", ".+"), PROVIDERS),
    _in("analyze.provider", "Codex pays nobody", Drop("PROVIDER_OF_SOURCE", 2), PROVIDERS),
    _in("analyze.provider", "Gemini pays another", Misspell("PROVIDER_OF_SOURCE", 9), PROVIDERS),
    _in("analyze.provider", "providers keep their case", Rewrite("before.lower()", "before"), PROVIDERS),
    _in(
        "analyze.provider",
        "a slash at the start names a provider",
        Rewrite("if slash and before:", "if slash:"),
        PROVIDERS,
    ),
    _in(
        "analyze.provider",
        "an empty filter keeps everything",
        Rewrite("if providers is None:", "if not providers:"),
        PROVIDERS,
    ),
    _in("analyze.spending", "a turn without coverage reports nothing", Flip("_note_coverage", 0), PROVIDERS),
    _in(
        "analyze.spending", "the cheapest provider comes first", Rewrite("-row.cost.total", "row.cost.total"), PROVIDERS
    ),
    _in(
        "analyze.spending",
        "an unpriced turn uses no tokens",
        Rewrite(
            "        _add_usage(row.usage, portion.usage)\n",
            "        if portion.cost:\n            _add_usage(row.usage, portion.usage)\n",
        ),
        PROVIDERS,
    ),
    _in("pricing.routing", "Fireworks is no gateway", Drop("DEFAULT_RULES", 0), PROVIDERS + PRICES),
    _in("pricing.routing", "Synthetic is no gateway", Drop("DEFAULT_RULES", 1), PROVIDERS + PRICES),
    _in("pricing.routing", "a rule is called otherwise", Misspell("DEFAULT_RULES", 0), PROVIDERS),
    _in("analyze.provider", "nobody is called otherwise", Misspell("UNKNOWN"), PROVIDERS),
    _in("analyze.spending", "cache reads add no dollars", Drop("_COST_FIELDS", 4), PROVIDERS),
    _in("analyze.provider", "a filter keeps the others", Flip("filter_turns_by_provider", 1), PROVIDERS),
)

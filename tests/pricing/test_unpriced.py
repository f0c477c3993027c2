"""What could not be priced is counted and named under `current`."""

from __future__ import annotations

from relayburn.pricing.unpriced import UnpricedModel, UnpricedUsage, summarize_unpriced
from relayburn.records import Usage
from relayburn.semantics import CURRENT, TS_1_10
from tests.money import FREE, UNLISTED, prices, turn

USAGE = Usage(input=1, output=2, reasoning=4, cache_read=8, cache_create_5m=16, cache_create_1h=32)


def test_report_unpriced_counts_turns_and_tokens_by_model_in_order_of_first_sight():
    made = [turn(USAGE, model=model) for model in (UNLISTED, "claude-opus-x", "other", UNLISTED)]

    assert summarize_unpriced(made, prices(), semantics=CURRENT) == UnpricedUsage(
        turns=3,
        tokens=189,
        models=[UnpricedModel(model=UNLISTED, turns=2, tokens=126), UnpricedModel(model="other", turns=1, tokens=63)],
    )
    assert summarize_unpriced(made, prices(), semantics=TS_1_10) == UnpricedUsage(models=[])


def test_a_free_model_is_priced():
    assert summarize_unpriced([turn(USAGE, model=FREE)], prices(), semantics=CURRENT).turns == 0


def test_the_reasoning_of_codex_is_not_counted_twice():
    made = [turn(USAGE, model=UNLISTED, source="codex")]

    assert summarize_unpriced(made, prices(), semantics=CURRENT).tokens == 59


def test_a_model_id_of_any_type_has_a_name():
    made = [turn(model=model) for model in (None, 5, ["a"])]

    names = [model.model for model in summarize_unpriced(made, prices(), semantics=CURRENT).models]

    assert names == ["", "5", '["a"]']

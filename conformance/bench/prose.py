"""Made-up prose and code, seeded, without repeated blocks.

In: a seed. Out: text of any length, words and identifiers drawn from a vocabulary large enough that a tokenizer
meets it as it meets real tool output; some texts hold signs beyond ASCII, as programs print them.
"""

from __future__ import annotations

import random


def _each(text: str) -> list[str]:
    return text.split()


_STARTS = _each(
    "b bl br c ch cl cr d dr f fl fr g gl gr h j k l m n p pl pr qu r s sh sk sl sp st str t th tr v w wh z"
)
_VOWELS = _each("a e i o u ai au ea ee ie oa oo ou")
_ENDS = ["", "", *_each("b ck d ft g l ll m mp n nd ng nt p r rd rk rt s ss st t th x")]
_COMMON = _each(
    "the of and to in is that for it as with was on be by this are or from at which but have an had not they "
    "were their one all would there when can more if so no out up into than them only other time new some could "
    "these two may then do first any like now such our over even most me after also did many before must through "
    "where much should file error test value line return function class import build cache token request response "
    "result server client update version default option path name type list string number object index count"
)
_CODE = (
    "    {a}_{b} = self.{c}({d}, {n})",
    'def {a}_{b}({c}: int, {d}: str = "{e}") -> None:',
    "        if {a}.{b} is None or len({c}) > {n}:",
    '            raise ValueError(f"{a} {{{b}}} is not {c}")',
    "import {a}.{b} as {c}",
    "const {a}{n} = await {b}.{c}({{ {d}: '{e}', limit: {n} }});",
    "{n}\t{a}/{b}/{c}.py:{n}: {d} {e}",
    "[{n:05d}] INFO {a}.{b} - {c} took {n} ms ({d}={e})",
    "// {a} {b}: {c}, {d} and {e}",
    '  "{a}": {{"{b}": {n}, "{c}": "{d}-{e}"}},',
    "-rw-r--r-- 1 {a} {b} {n} {c}_{d}.{e}",
    "- {a} {b} {c}",
    "",
)
_BEYOND_ASCII = (
    " ✓ {a} {b} {c} ({n} ms)",
    "├── {a}_{b}.{c}  └── {d}",
    "{a} — {b} “{c}”, {d} … {e}",
    "🚀 {a} {b} → {c}:{n}",
)
_ASCII_TEXTS = 0.75


class Prose:
    """An endless seeded stream of made-up text."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        coined = {"".join(self._syllable() for _ in range(self.random.choice((1, 2, 2, 3)))) for _ in range(30_000)}
        self._vocabulary = sorted(coined) + _COMMON * 60

    def _syllable(self) -> str:
        choice = self.random.choice
        return choice(_STARTS) + choice(_VOWELS) + choice(_ENDS)

    def word(self) -> str:
        """One word."""
        return self.random.choice(self._vocabulary)

    def words(self, count: int) -> str:
        """`count` words of a sentence."""
        return " ".join(self.random.choices(self._vocabulary, k=count))

    def text(self, size: int) -> str:
        """At most `size` UTF-8 bytes, and hardly less: paragraphs of prose and blocks of code."""
        random = self.random
        templates = _CODE if random.random() < _ASCII_TEXTS else _CODE + _BEYOND_ASCII
        parts: list[str] = []
        length = 0
        while length < size:
            is_code = random.random() < 0.6
            part = self._filled(random.choice(templates)) if is_code else self._sentence()
            parts.append(part)
            length += len(part) + 1
        return "\n".join(parts).encode()[:size].decode(errors="ignore")

    def _sentence(self) -> str:
        return self.words(self.random.randint(5, 18)).capitalize() + "."

    def _filled(self, template: str) -> str:
        a, b, c, d, e = self.random.choices(self._vocabulary, k=5)
        return template.format(a=a, b=b, c=c, d=d, e=e, n=self.random.randint(0, 99_999))

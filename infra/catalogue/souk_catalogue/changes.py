"""Makes one change to many products, a hundred at a time, and tells what became of each; goes on where it stopped."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Any, Callable, Iterator

import yaml

from .opened import Unreadable, open_text
from .operator_api import OperatorApi, path_of

STEP = 100
LISTS = ("category_id", "collection_id", "seller_id")


def read(path: Path) -> dict[str, Any]:
    """A file of `of` (product_ids, or one of category_id, collection_id, seller_id) and `change`, as YAML or JSON."""
    try:
        with open_text(path) as file:
            wanted = yaml.safe_load(file)
    except (yaml.YAMLError, UnicodeError, OSError) as error:
        raise Unreadable(f"cannot read {path}: {error}") from error
    of = wanted.get("of") if isinstance(wanted, dict) else None
    if not isinstance(of, dict) or len(of) != 1 or wanted.keys() != {"of", "change"}:
        raise Unreadable(f"{path}: a change has `of`, with one of product_ids, {', '.join(LISTS)} in it, and `change`")
    if "product_ids" in of and (not isinstance(of["product_ids"], list) or not all(isinstance(name, str) for name in of["product_ids"])):
        raise Unreadable(f"{path}: product_ids is a list of texts: an id that is a number stands in quotes")
    return wanted


class Changes:
    """One change on its way. What is done stands in a file beside the report until it has come to its end."""

    def __init__(self, wanted: dict[str, Any], folder: Path, report: Path | None) -> None:
        self._wanted = wanted
        name = hashlib.sha256(json.dumps(wanted, sort_keys=True).encode()).hexdigest()[:16]
        self._state = folder / f"{name}.json"
        self.report = report or folder / f"{name}.jsonl"
        self.resumed = self._state.is_file()

    def run(self, api: OperatorApi, tell: Callable[[Counter[str]], None]) -> Counter[str]:
        """Sends step after step; how many products came to which outcome, an earlier run's included."""
        self._state.parent.mkdir(parents=True, exist_ok=True)
        self.report.parent.mkdir(parents=True, exist_ok=True)
        done = json.loads(self._state.read_text()) if self.resumed else {"place": None, "counts": {}}
        counts, place = Counter(done["counts"]), done["place"]
        with open(self.report, "a" if self.resumed else "w", encoding="utf-8") as report:
            for body, following in self._steps(place):
                answer = api.post(path_of("product-changes"), body)
                for product in answer["products"]:
                    counts[product["outcome"]] += 1
                    report.write(json.dumps(product, ensure_ascii=False) + "\n")
                report.flush()
                place = following(answer)
                self._state.write_text(json.dumps({"place": place, "counts": counts}))
                tell(counts)
        self._state.unlink(missing_ok=True)
        return counts

    def _steps(self, place: Any) -> Iterator[tuple[dict[str, Any], Callable[[dict[str, Any]], Any]]]:
        """The body of each request, and what is remembered when it was answered."""
        of, change = self._wanted["of"], self._wanted["change"]
        if "product_ids" in of:
            ids = list(dict.fromkeys(of["product_ids"]))
            for start in range(place or 0, len(ids), STEP):
                end = start + STEP
                yield {"of": {"product_ids": ids[start:end]}, "change": change}, lambda _, end=end: end
            return
        cursors = [place]
        while cursors:
            cursor = cursors.pop()

            def remember(answer: dict[str, Any]) -> str | None:
                if following := answer.get("cursor"):
                    cursors.append(following)
                return following

            yield {"of": of, "change": change, **({"cursor": cursor} if cursor else {})}, remember

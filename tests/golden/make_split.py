#!/usr/bin/env python3
"""Writes split.json: scikit-learn's train_test_split of n pictures, for core/data/split.

usage: make_split.py
Made with numpy 1.24.2, scikit-learn 1.2.1.
"""

import json
import pathlib

from sklearn.model_selection import train_test_split

HERE = pathlib.Path(__file__).parent


def main():
    cases = []
    for n, test_size, seed in [
        (253, 0.25, 42), (500, 0.25, 42), (500, 0.1, 7), (2, 0.25, 42), (3, 0.5, 0), (4, 0.75, 1),
        (5, 0.2, 2**32 - 1), (10, 0.3, 123456789), (128, 0.25, 3), (129, 0.25, 3),
    ]:
        train, test = train_test_split(list(range(n)), test_size=test_size, random_state=seed)
        cases.append({"n": n, "test_size": test_size, "seed": seed, "train": train, "test": test})
    lines = ",\n".join(json.dumps(case) for case in cases)
    (HERE / "split.json").write_text(f"[\n{lines}\n]\n")


main()

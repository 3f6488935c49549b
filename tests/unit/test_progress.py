"""Reading progress out of what models print."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthlabel.domain.progress import Step, read_progress


@pytest.mark.parametrize(
    ("log", "step"),
    [
        ([], Step()),
        (["loading weights"], Step()),
        ([" 43%|████▎     | 12/28 [00:01<00:01,  9.1it/s]"], Step(12 / 28, "step 12/28")),
        (["step 3 of 10"], Step(0.3, "step 3/10")),
        (["Step: 3/10 loss 0.1"], Step(0.3, "step 3/10")),
        ([" 50%|█████     |"], Step(0.5, "50 %")),
        (["100%|██████████| 28/28 [00:03<00:00]"], Step(1.0, "step 28/28")),
        (["1/4 [x]", "2/4 [x]", "saving"], Step(0.5, "step 2/4")),
        (["1/4 [x]\r2/4 [x]\r3/4 [x]"], Step(0.75, "step 3/4")),
        (["9/4 [x]"], Step(1.0, "step 9/4")),
        (["1/0 [x]"], Step()),
        (["400%|"], Step(1.0, "400 %")),
    ],
)
def test_the_last_line_that_tells_anything_counts(log: list[str], step: Step) -> None:
    assert read_progress(log) == step


@given(st.lists(st.text()))
def test_no_log_is_too_strange(log: list[str]) -> None:
    fraction = read_progress(log).fraction
    assert fraction is None or 0 <= fraction <= 1

from collections.abc import Mapping
from enum import StrEnum

import pytest

from vms.hearings.checking import CheckKind, CheckProblem
from vms.hearings.gate import Flag
from vms.hearings.stages import Procedure, Stage
from vms.hearings.states import Act, Outcome
from vms.hearings.words import ACTS, CHECKS, FLAGS, OUTCOMES, PROBLEMS, PROCEDURES, STAGES


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (ACTS, Act),
        (STAGES, Stage),
        (PROCEDURES, Procedure),
        (OUTCOMES, Outcome),
        (CHECKS, CheckKind),
        (PROBLEMS, CheckProblem),
        (FLAGS, Flag),
    ],
)
def test_papers_have_a_word_for_everything(words: Mapping[str, str], kind: type[StrEnum]) -> None:
    assert set(words) == set(kind)
    assert all(words.values())
    assert len(set(words.values())) == len(words)

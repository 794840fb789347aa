from services.score.helmets import TRUTHS, Tally
from vision.scenes.road_user import Look, Rider


def test_a_claim_of_whom_nobody_can_prove_it_is_false_be_it_seen_well_or_badly() -> None:
    tally = Tally(
        did={(1, 1): True, (1, 2): True, (1, 3): False, (1, 4): False, (1, 5): True},
        due={(1, 1), (1, 2), (1, 3)},
        claimed={(1, 1), (1, 3), (1, 4), (1, 5), (1, 9)},
        nobody=1,
    )
    figures = tally.figures()
    # Of the two that did it and were seen well one is found; 3, 4, one who is no motorbike and an empty box are false.
    assert (figures["did"], figures["found"], figures["did not"]) == (2, 1, 1)
    assert (figures["false"], figures["false of due"], figures["right, seen badly"]) == (4, 1, 1)


def test_one_bare_head_of_two_is_an_act_and_two_on_a_motorbike_are_none() -> None:
    look = Look("motorbike", 1.9, 0.7, 1.2, 0.1, 0.5, riders=(Rider(), Rider(has_helmet=False)))
    assert TRUTHS["helmet"][0](look)
    assert not TRUTHS["too_many_riders"][0](look)

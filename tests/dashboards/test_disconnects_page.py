"""Disconnects and agreements, run as Streamlit runs it: who may be shut off is known by hand."""

from __future__ import annotations

import pytest

from dashboards import formats

from .late_town import BILL, FORGOTTEN, WAIVED
from .test_billing import cells
from .test_pages import figures, texts


def answers(app) -> dict[str, str]:
    listed = app.dataframe[0].value
    return dict(zip(listed["account_id"], listed["in_the_way"], strict=True))


@pytest.mark.rule("R42", "R43")
def test_one_account_may_be_shut_off_and_one_lacks_its_notices(open_late):
    app = open_late("disconnects")
    assert figures(app)["May be shut off"][0] == "1 account"
    found = answers(app)
    assert found[FORGOTTEN] == "Nothing"
    assert found[WAIVED] == "Notice"


@pytest.mark.rule("R62")
def test_a_moratorium_counts_from_the_day_on_which_it_became_known(open_late):
    """On 20 June 2020 all shut-offs had stopped; on 1 March nobody knew that they would."""
    then = open_late("disconnects", as_of="2020-06-20", known_on="2020-03-01")
    assert not any("oratorium" in held for held in answers(then).values())
    assert "Answers that changed since" in "".join(part.label for part in then.expander)
    now = open_late("disconnects", as_of="2020-06-20")
    assert all("oratorium" in held for held in answers(now).values())
    assert figures(now)["May be shut off"][0] == "0 accounts"


def test_the_page_is_no_legal_advice_and_says_so(open_late):
    assert "This is not legal advice." in texts(open_late("disconnects"))


@pytest.mark.rule("R44")
def test_to_avoid_is_what_is_past_due(open_late):
    value, _ = figures(open_late("disconnects"))["To avoid shut-off"]
    assert value == formats.usd_tile(BILL)


def test_an_account_tells_its_notices_with_their_age(open_late):
    app = open_late("disconnects", account=FORGOTTEN)
    facts = dict(row[:2] for row in cells(app, "On the list"))
    text = texts(app)
    assert "Written notice to the occupant" in text and "6 Jul 2020, 56 days old" in text
    assert facts["Past due"] == formats.amount(BILL)
    assert f"Statement of account {FORGOTTEN}" in text


@pytest.mark.rule("R46", "R48")
def test_the_agreement_was_kept_and_the_dispute_is_undecided(open_late):
    app = open_late("disconnects")
    _, note = figures(app)["Agreements running"]
    assert note == f"100.0{formats.THIN}% of 1 that ended were kept to the end; 1 dispute undecided"


def test_the_day_before_the_sixtieth_nobody_is_behind_enough(open_late):
    app = open_late("disconnects", as_of="2019-05-12")
    assert figures(app)["Far enough behind"][0] == "0 accounts"
    assert "No account here is far enough behind" in app.info[0].value
    app = open_late("disconnects", as_of="2019-05-13")
    assert list(answers(app)) == [FORGOTTEN]

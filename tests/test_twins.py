"""Two accounts of one company never say the same: check foretells it, and a run holds the second."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from house import House, article, open_house

from flows.twins import twins


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_house(tmp_path, article(1)) as house:
        (tmp_path / "templates").mkdir()
        yield house


def with_branch(house: House, template: str, *, office: str = "", branch: str = "", source: str = "") -> None:
    """The office speaks in blog.j2, a second account in this template; the rest goes into their routes."""
    (house.folder / "templates" / "branch.j2").write_text(template, encoding="utf-8")
    routes = f'[[routes]]\nfrom = ["blog"]\nto = ["branch"]\ntemplate = "branch.j2"\n{branch}\n'
    house.configure(account=house.branch, route=office, routes=routes, source=source)


def foretold(house: House) -> list[str]:
    with house.app() as app:
        return list(twins(app))


BLOG = "{% include 'blog.j2' %}"


def test_the_same_template_in_other_words_is_told_once_with_the_remedy(house: House) -> None:
    with_branch(house, BLOG)
    assert foretold(house) == [
        "office and branch would say the same of blog, for example of an ordinary post, which X forbids; give their "
        "routes templates with different words"
    ]


@pytest.mark.parametrize(
    ("template", "what"),
    [
        ("{% if item.language == 'en' %}" + BLOG + "{% else %}Neu: {{ item.link }}{% endif %}", "an ordinary post"),
        ("{% if item.link %}Neu: {% endif %}" + BLOG, "a post without a link"),
        ("{% if item.tags %}Neu: {% endif %}" + BLOG, "a post without tags"),
        ("{% if item.images %}Neu: {% endif %}" + BLOG, "a post without a picture"),
        ("{% if not item.offer %}Neu: {% endif %}" + BLOG, "an offer"),
        ("{{ 'Aus der Filiale' | fit(0) }}\n" + BLOG, "a long post"),
    ],
)
def test_words_that_differ_for_some_posts_alone_are_told_with_the_others(
    house: House, template: str, what: str
) -> None:
    with_branch(house, template)
    (sentence,) = foretold(house)
    assert f"would say the same of blog, for example of {what}, which X forbids" in sentence


def test_the_shipped_templates_say_different_things_of_a_blog_and_the_same_of_posts_without_titles(
    house: House,
) -> None:
    with_branch(house, "{% include 'facebook.j2' %}")
    assert foretold(house) == []
    with_branch(house, "{% include 'facebook.j2' %}", source='hold = "30m"')
    assert len(foretold(house)) == 1


@pytest.mark.parametrize("mark", ["\u00ad", "\u200b", "\u2060", "\ufeff"])
def test_a_mark_that_nobody_sees_makes_no_difference(house: House, mark: str) -> None:
    with_branch(house, BLOG + mark)
    assert "would say the same of blog, for example of an ordinary post" in foretold(house)[0]


def test_words_that_differ_for_every_post_are_fine(house: House) -> None:
    with_branch(house, "Neu bei uns: " + BLOG)
    assert foretold(house) == []


def test_a_post_that_was_really_there_counts(house: House) -> None:
    with_branch(house, "{% if 'Nummer 1' not in item.title %}Neu: {% endif %}" + BLOG)
    assert foretold(house) == []
    house.poll()
    (sentence,) = foretold(house)
    assert "for example of “Beitrag Nummer 1 ist da”, which X forbids" in sentence


def test_routes_that_want_one_sort_of_posts_are_compared_with_that_sort(house: House) -> None:
    with_branch(house, BLOG, office='include = ["*angebot*"]', branch='include = ["*angebot*"]')
    (sentence,) = foretold(house)
    assert "for example of an ordinary post with “angebot”" in sentence


def test_routes_that_no_post_takes_both_of_are_fine(house: House) -> None:
    with_branch(house, BLOG, office='include = ["Angebot"]', branch='exclude = ["Angebot"]')
    assert foretold(house) == []


# --- At run time ------------------------------------------------------------------------------------------------------


def test_the_second_account_is_held_and_told_which_post_says_the_same(house: House) -> None:
    with_branch(house, BLOG)
    house.poll()
    house.blog.publish(article(3))
    report = house.poll()
    assert len(house.tweets) == 1
    first, second = [outcome for outcome in report.outcomes if outcome.status in ("posted", "held")]
    posted, held = (first, second) if first.status == "posted" else (second, first)
    assert (posted.account, held.account) == ("office", "branch")
    assert held.reason == (
        f"post {posted.post} says the same on another account, which X forbids; give the routes different templates"
    )
    assert len(report.failures) == 1


@pytest.mark.parametrize("mark", ["\u00ad", "\u200b", "\u2060", "\ufeff"])
def test_words_that_differ_by_a_mark_that_nobody_sees_are_held(house: House, mark: str) -> None:
    with_branch(house, mark + BLOG + mark)
    house.poll()
    house.blog.publish(article(3))
    assert "says the same on another account" in house.poll().failures[0]
    assert len(house.tweets) == 1


def test_a_held_post_goes_out_once_its_template_says_it_differently(house: House) -> None:
    with_branch(house, BLOG)
    house.poll()
    house.blog.publish(article(3))
    (held,) = (outcome for outcome in house.poll().outcomes if outcome.status == "held")
    with_branch(house, "Aus der Filiale: " + BLOG)
    with house.app() as app:
        app.ledger.settle(held.post, "waiting", now=house.now)
    house.poll()
    assert [tweet.raw for tweet in house.branch_x.tweets] == [f"Aus der Filiale: {house.tweets[0]}"]


def test_two_accounts_with_words_of_their_own_both_speak(house: House) -> None:
    with_branch(house, "Aus der Filiale: " + BLOG)
    house.poll()
    house.blog.publish(article(3))
    assert house.poll().failures == []
    assert (len(house.tweets), len(house.branch_x.tweets)) == (1, 1)

"""A card and its basis leave nothing of the lever table unsaid, in either language."""

import pytest

from pages.views import levers, numbers
from pages.views.clauses import clauses, unit_name
from pages.views.texts import LANGUAGES, texts


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_field_of_the_lever_table_is_on_the_card_or_one_click_away(plan, language):
    t = texts(language)
    for lever in plan.levers:
        value = lever.plan_value
        said = levers.head_html(lever, t, value) + levers.basis(plan, lever, t)
        wanted = [
            t.of(lever, "guidance"),
            t.of(lever, "group"),
            t.unit(lever.unit),
            clauses(lever.clause, t),
            lever.channel_zh if language == "zh" else lever.channel,
            t(f"profile.{lever.time_profile}"),
            t.status(lever.status_quo_status),
            t.status(lever.plan_status),
            plan.source(lever.source_id).title,
            *(unit_name(unit, t) for unit in lever.responsible_units),
            *(t.of(band) for band in lever.bands),
            *(
                numbers.short(number)
                for number in (lever.minimum, lever.maximum, lever.step, lever.status_quo, value)
            ),
        ]
        if lever.target:
            wanted.append(t.of(plan.target(lever.target), "text"))
        assert [part for part in wanted if part not in said] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_guidance_names_a_figure_that_somebody_published(plan, language):
    """A reference value is a number with its date, or the card says that none was found."""
    t = texts(language)
    for lever in plan.levers:
        said = t.of(lever, "guidance")
        assert any(character.isdigit() for character in said), lever.id
        dated = ("年", "月") if language == "zh" else ("2018", "2019", "2020", "2017")
        assert any(word in said for word in dated), lever.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_basis_is_text_that_the_keyboard_reaches(plan, language):
    t = texts(language)
    for lever in plan.levers:
        html = levers.basis_html(plan, lever, t)
        assert 'tabindex="0"' in html and "**" not in html

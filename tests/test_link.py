"""Share links: exact there and back, and whatever else arrives is said, never a traceback."""

import json
import random
import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

import pytest
from streamlit.testing.v1 import AppTest

import model
from model import document
from pages.parts import link
from pages.views.texts import LANGUAGES, texts

APP = Path(__file__).resolve().parents[1] / "app.py"


def random_scenario(plan, chance):
    """Return a state that a hand could reach: city and district moves, assumptions, any order."""
    scenario = plan.scenarios[chance.choice(plan.scenario_names)]
    for _ in range(chance.randrange(12)):
        lever = chance.choice(plan.levers)
        code = chance.choice(plan.axes.districts) if lever.by_district else None
        value = chance.uniform(lever.minimum, lever.maximum)
        value = chance.choice([value, round(value, 1), lever.minimum, lever.maximum])
        try:
            district = code if chance.random() < 0.5 else None
            scenario = scenario.with_lever(lever.id, value, district=district)
        except model.ModelError:
            continue  # the city figure would leave its range: refused, as on screen
    for assumption in plan.assumptions:
        if chance.random() < 0.2:
            value = chance.uniform(assumption.minimum, assumption.maximum)
            whole = assumption.unit == "month"
            scenario = scenario.with_assumption(assumption.id, round(value) if whole else value)
    return scenario


def through_an_address(parameters):
    return dict(parse_qsl(urlencode(parameters), keep_blank_values=True))


def test_a_thousand_states_come_back_exactly(plan):
    chance = random.Random(2020)
    longest, carried = 0, 0
    for _ in range(1000):
        scenario = random_scenario(plan, chance)
        parameters = link.encode(plan, scenario)
        longest = max(longest, len(urlencode(parameters)))
        carried += '"k":{}' not in parameters["c"]
        found, notices = link.decode(plan, through_an_address(parameters))
        assert found == scenario and found.id == scenario.id and notices == ()
    assert carried > 50  # moves beyond a district's range are among them
    assert longest < 8000  # what browsers, proxies and chat programs pass on


def test_states_come_back_exactly_on_figures_that_weigh_the_districts_otherwise(plan):
    """A scenario is made on the shipped data and goes on with the bureau's: a reload keeps it."""
    chance = random.Random(2021)
    figure = model.Replacement("district_base|gongyi|industrial_investment|central", 900)
    own = model.with_replacements(plan, [figure], "统计局")
    for _ in range(100):
        scenario = replace(random_scenario(plan, chance), desk=own.desk)
        found, notices = link.decode(own, through_an_address(link.encode(own, scenario)))
        assert found == scenario and notices == ()


def test_a_link_holds_every_value_also_those_at_their_default(plan):
    content = json.loads(link.encode(plan, plan.scenarios["status_quo"])["c"])
    assert set(content["l"]) == {lever.id for lever in plan.levers}
    assert set(content["a"]) == {assumption.id for assumption in plan.assumptions}
    districts = set(plan.axes.districts)
    assert all(set(rows) == districts for rows in content["d"].values()) and content["d"]


def test_a_name_of_ones_own_travels_along(plan):
    scenario = document.replace(plan.scenarios["plan"], name_zh="技改加力", name_en="技改加力")
    parameters = link.encode(plan, scenario)
    found, _ = link.decode(plan, through_an_address(parameters))
    assert found.name_zh == found.name_en == "技改加力" and found.id == "plan"
    parameters["n"] = "a\u202eb\x00c" + "长" * 500
    hostile = link.decode(plan, parameters)[0].name_zh
    assert hostile.startswith("abc长") and len(hostile) == document.LONGEST_NAME


DEEP = "[" * 5000 + "]" * 5000
HOSTILE = {
    "huge": {"c": "x" * 1_000_000},
    "deep": {"c": '{"l":' + DEEP + "}"},
    "deep value": {"c": '{"l":{"completions":' + "[" * 900 + "]" * 900 + "}}"},
    "integer of 400 digits": {"c": '{"l":{"completions":' + "9" * 400 + "}}"},
    "integer of 5000 digits": {"c": '{"l":{"completions":' + "9" * 5000 + "}}"},
    "not a number": {"c": '{"l":{"completions":NaN},"a":{"covid_loss":-Infinity}}'},
    "null": {"c": "null"},
    "list": {"c": "[]"},
    "wrong parts": {"c": '{"l":3,"d":[1],"k":"x","a":null,"z":{}}'},
    "wrong rows": {"c": '{"d":{"new_firms":7,"completions":{}},"k":{"new_firms":[],"x":{}}}'},
    "wrong values": {"c": '{"l":{"completions":true,"rd_intensity":"2","new_firms":[3]}}'},
    "month": {"c": '{"a":{"anchor_firm_stop_start":"1066-10"}}'},
    "month as number": {"c": '{"a":{"anchor_firm_stop_start":4}}'},
    "districts": {"c": '{"d":{"new_firms":{"atlantis":3}},"k":{"new_firms":{"gongyi":1e300}}}'},
    "controls": {"c": '{"l":{"\\u202e\\u0000evil":"\\u2066\\u0007"}}', "n": "\u202e"},
    "surrogate": {"c": '{"l":{"\\ud800":1}}', "n": "\ud800"},
    "markup": {"c": '{"l":{"[x](http://evil)":"<script>alert(1)</script>"}}'},
    "versions": {"v": "2", "d": "2031.7", "p": "shanghai_2035", "c": "{}"},
    "scenario": {"s": "../../etc/passwd", "c": "{}"},
}


@pytest.mark.parametrize("case", HOSTILE)
def test_nothing_in_a_link_is_dropped_silently_or_raises(plan, case):
    scenario, notices = link.decode(plan, HOSTILE[case])
    assert isinstance(scenario, model.Scenario) and notices
    model.simulate(plan, scenario)
    for notice in notices:
        for language in LANGUAGES:
            said = texts(language)(f"link.{notice.code}", **dict(notice.details))
            assert said and len(said) < 400
        for _, value in notice.details:
            assert document.clean(value) == value.strip() and len(value) < 200


def test_districts_follow_the_city_where_a_document_leaves_them_out(plan):
    given = document.content(plan, plan.scenarios["plan"])
    del given["districts"]["investment_growth"]
    given["levers"]["investment_growth"] = 12
    given["carried"] = {"investment_growth": {"atlantis": 1}}
    found, notices = document.read(plan, given)
    assert found.value("investment_growth") == 12
    assert len(set(found.district_values("investment_growth"))) == 1
    assert [notice.code for notice in notices] == ["districts", "unknown"]


def test_values_that_are_not_used_are_shown(plan):
    content = json.loads(link.encode(plan, plan.scenarios["plan"])["c"])
    content["l"] |= {"completions": 9999, "steam_engines": 12}
    content["d"]["new_firms"]["gongyi"] = -5
    del content["d"]["investment_growth"]
    found, notices = link.decode(plan, {"s": "plan", "c": json.dumps(content)})
    said = {(n.code, dict(n.details)["name"], dict(n.details).get("given")) for n in notices}
    assert said == {
        ("outside", "completions", "9999"),
        ("unknown", "steam_engines", "12"),
        ("outside", "new_firms gongyi", "-5"),
        ("districts", "investment_growth", None),
    }
    assert found == plan.scenarios["plan"]


# On screen


def opened(**parameters):
    at = AppTest.from_file(str(APP), default_timeout=60)
    for name, value in parameters.items():
        at.query_params[name] = value
    return at.run()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", ["deep", "markup", "versions", "wrong values"])
def test_the_app_opens_and_says_what_it_did_not_understand(case, language):
    at = opened(lang=language, **HOSTILE[case])
    assert not at.exception and not at.error
    assert texts(language)("link.title") in at.warning[0].value
    assert not re.search(r"(?<!\\)(\]\(|<script)", at.warning[0].value)
    at.button(key="notices_read").click().run()
    assert not at.warning and not at.exception


def test_a_long_list_of_notices_is_shown_whole(plan):
    levers = {f"unknown_{k}": k for k in range(20)}
    at = opened(lang="zh", c=json.dumps({"l": levers}))
    shown = "\n".join([at.warning[0].value, *(element.value for element in at.markdown)])
    assert all(f"unknown\\_{k}" in shown for k in range(20)) and not at.exception

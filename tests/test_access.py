"""Sign-in and roles: nobody sees a page before signing in, and a viewer writes nothing shared."""

import ast
import json
import socket
import sys
import time
import tomllib
import traceback
from urllib.parse import quote, urlsplit

import httpx
import pytest
from streamlit.testing.v1 import AppTest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

import model
from model import document
from model.library import Library
from model.masking import masked
from model.store import Store
from pages.parts import access as seam
from pages.parts import link, names, results, storage
from pages.parts.frame import PAGES
from pages.views import access
from pages.views.texts import LANGUAGES, texts
from tests.conftest import PROJECT, scenario_held

NOW = 2_000_000_000.0
AUTH = {"client_id": "x", "cookie_secret": "y"}


def claims(address="li@plan.gov.cn", **more):
    return {
        "is_logged_in": True,
        "iss": "https://id",
        "sub": f"sub of {address}",
        "email": address,
        "name": "李四",
        "iat": NOW - 60,
    } | more


# The rules


@pytest.mark.parametrize(
    ("settings", "kind"),
    [
        ({}, "viewer"),
        ({"editors": ["li@plan.gov.cn"]}, "editor"),
        ({"editors": " Li@PLAN.gov.cn "}, "editor"),
        ({"editors": ["@plan.gov.cn"]}, "editor"),
        ({"editors": ["@gov.cn"], "viewers": ["zhang@plan.gov.cn"]}, "barred"),
        ({"editors": ["plan.gov.cn"], "viewers": ["@plan.gov.cn"]}, "viewer"),
        ({"editors": ["*"]}, "editor"),
        ({"editors": ["@"], "viewers": [""]}, "barred"),
        ({"claim": "groups", "editor_claims": ["planners"]}, "editor"),
        ({"claim": "groups", "viewer_claims": ["staff"]}, "viewer"),
        ({"claim": "groups", "viewer_claims": ["Staff"]}, "barred"),
        ({"viewer_claims": ["staff"]}, "barred"),
    ],
)
def test_roles_come_from_addresses_or_a_claim(settings, kind):
    held = claims(groups=["planners", "staff"])
    assert access.standing(settings, held, NOW).kind == kind


@pytest.mark.parametrize(
    "settings",
    [{"editors": 3}, {"viewers": [1]}, {"hours": 0}, {"hours": "8"}, {"hours": True},
     {"hours": float("nan")}, {"editor": ["a@b"]}],
)  # fmt: skip
def test_settings_that_are_not_understood_keep_everybody_out(settings):
    found = access.standing(settings, claims(), NOW)
    assert found.kind == "broken" and not found.admitted and not found.writes


@pytest.mark.parametrize(
    ("issued", "kind"),
    [(NOW - 60, "editor"), (NOW - 8 * 3600 - 1, "expired"), (NOW + 200, "editor"),
     (NOW + 3600, "expired"), (None, "expired"), ("soon", "expired"), (float("nan"), "expired")],
)  # fmt: skip
def test_a_sign_in_lasts_as_long_as_the_settings_say(issued, kind):
    settings = {"editors": ["*"], "hours": 8}
    assert access.standing(settings, claims(iat=issued), NOW).kind == kind


def test_an_address_that_nobody_checked_opens_nothing():
    settings = {"editors": ["li@plan.gov.cn"], "viewers": ["zhang@plan.gov.cn"]}
    assert access.standing(settings, claims(email_verified=False), NOW).kind == "barred"
    assert access.standing(settings, claims(email_verified=True), NOW).kind == "editor"
    hostile = claims("evil@x.com@plan.gov.cn")
    assert access.standing({"viewers": ["@plan.gov.cn"]}, hostile, NOW).kind == "barred"


@pytest.mark.parametrize("given", [{}, {"is_logged_in": False}, {"is_logged_in": "yes"}])
def test_without_a_sign_in_there_is_no_role(given):
    assert access.standing({"editors": ["*"]}, given, NOW) == access.Standing("out")


# On screen


@pytest.fixture(autouse=True)
def own_library(monkeypatch, tmp_path):
    monkeypatch.setattr(results, "DRAWS", 256)
    monkeypatch.setenv("SIMULATOR_LIBRARY", str(tmp_path / "library.sqlite"))
    storage.shelf.clear()
    yield tmp_path / "library.sqlite"
    storage.shelf.clear()


def opened(page="", user=None, settings=None, run=True, **parameters):
    at = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60)
    at.secrets = {"auth": AUTH, "access": settings or {}}
    at.user = {"is_logged_in": False} if user is None else user
    for name, value in parameters.items():
        at.query_params[name] = value
    if not run:
        return at
    at.run()
    if page:
        at.switch_page(f"pages/{page}.py").run()
    return at


def now(**more):
    return claims(iat=time.time() - 60, **more)


def shown(at):
    return "\n".join([e.body for e in at.get("html")] + [e.value for e in at.markdown])


@pytest.mark.parametrize("page", [*PAGES, "meeting"])
def test_nobody_sees_a_page_before_signing_in(page):
    at = opened(page, lang="zh")
    t = texts("zh")
    assert not at.exception and t("access.out_title") in shown(at)
    assert [button.key for button in at.button] == ["sign_in"]
    assert not at.get("vega_lite_chart") and not at.dataframe and not at.selectbox
    assert "history" not in at.session_state and "plan" not in at.session_state


def test_a_page_that_streamlit_runs_without_the_frame_is_shut_too():
    at = AppTest.from_file(str(PROJECT / "pages" / "levers.py"), default_timeout=60)
    at.secrets, at.user = {"auth": AUTH}, {"is_logged_in": False}
    at.run()
    assert not at.slider and not at.get("vega_lite_chart") and "history" not in at.session_state


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("settings", "user", "kind"),
    [
        ({"viewers": ["zhang@plan.gov.cn"]}, {}, "barred"),
        ({"editors": 7}, {}, "broken"),
        ({}, {"iat": 1.0}, "expired"),
    ],
)
def test_whoever_stays_outside_is_told_why(settings, user, kind, language):
    at = opened(user=now() | user, settings=settings, lang=language)
    assert texts(language)(f"access.{kind}_title") in shown(at)
    assert "history" not in at.session_state and not at.exception


def test_a_name_from_the_provider_is_text_and_nothing_else():
    at = opened(user=now() | {"name": "<script>x</script>"}, settings={"viewers": ["a@b.cn"]})
    assert "<script>x" not in shown(at) and "&lt;script&gt;x" in shown(at)


def test_a_failing_provider_is_said(monkeypatch):
    def fail():
        raise RuntimeError("no provider")

    monkeypatch.setattr(seam.st, "login", fail)
    at = opened(lang="zh")
    at.button(key="sign_in").click().run()
    assert "RuntimeError" in at.error[0].value and not at.exception


def moved(plan):
    return link.encode(plan, plan.scenarios["plan"].with_lever("completions", 240))


def test_an_editor_saves_under_the_name_that_signed_in(plan, own_library):
    at = opened(user=now(), settings={"editors": ["@plan.gov.cn"]}, lang="zh", **moved(plan))
    at.button(key="save").click().run()
    assert at.text_input(key="new_author").disabled
    at.text_input(key="new_name").set_value("甲")
    at.button[-1].click().run()
    (record,) = Library(plan, Store(f"sqlite:///{own_library}")).list()
    assert (record.name, record.author) == ("甲", "李四") and not at.exception


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_viewer_looks_and_moves_but_is_offered_no_writing(plan, own_library, language):
    shared = Library(plan, Store(f"sqlite:///{own_library}"))
    record = shared.add(plan.scenarios["prudent"], "共用")
    at = opened("levers", user=now(), lang=language)
    t = texts(language)
    at.slider(key="slide_completions").set_value(240.0).run().run()
    assert scenario_held(at).value("completions") == 240 and not at.exception
    assert t("access.viewer") in shown(at)
    assert at.button(key="save").disabled and at.button(key="save").help == t("access.read_only")
    at.button(key="library").click().run()
    for act in ("rename", "duplicate", "bin"):
        assert at.button(key=f"{act}_{record.id}").disabled
    assert any(t("access.read_only") in element.value for element in at.info)
    at.button(key=f"open_{record.id}").click().run()
    assert scenario_held(at) == plan.scenarios["prudent"]


WRITES = {
    "library._save": (),
    "library._add": (),
    "library._keep_both": (),
    "library._overwrite": (),
    "library_list._duplicate": ("ID",),
    "library_list._bin": ("ID",),
    "library_list._restore": ("ID",),
    "library_list._empty_bin": (),
}


@pytest.mark.parametrize("act", WRITES)
@pytest.mark.parametrize("role", ["viewer", "editor"])
def test_a_message_made_by_hand_writes_nothing_for_a_viewer(plan, own_library, act, role):
    """The server refuses by itself: a button that is not offered protects nothing."""
    shared = Library(plan, Store(f"sqlite:///{own_library}"))
    kept, doomed = (
        shared.add(plan.scenarios["prudent"], "甲"),
        shared.add(plan.scenarios["plan"], "乙"),
    )
    shared.bin(doomed.id)
    id = doomed.id if act.endswith("_restore") else kept.id
    before = [(r.id, r.name, r.revision) for b in (False, True) for r in shared.list(binned=b)]
    settings = {"editors": ["*"]} if role == "editor" else {}
    at = opened(user=now(), settings=settings, lang="zh")
    at.selectbox(key="pick_scenario").set_value(kept.id).run()
    code = f"""
import streamlit as st
from pages.parts import library, library_list, session
st.session_state.update(new_name="丙", new_note="", new_author="")
{act}(*{tuple(id if a == "ID" else a for a in WRITES[act])!r})
"""
    forged = AppTest.from_string(code, default_timeout=60)
    forged.secrets, forged.user = at.secrets, at.user
    for key in ("history", "plan", "language", "visit", "browser"):
        forged.session_state[key] = at.session_state[key]
    forged.run()
    assert not forged.exception
    after = [(r.id, r.name, r.revision) for b in (False, True) for r in shared.list(binned=b)]
    assert (after == before) == (role == "viewer")
    if role == "viewer":
        assert forged.session_state["library_refused"][0] == "read_only"


def test_every_change_of_the_library_asks_for_the_role_first():
    writing = {"add", "save", "rename", "duplicate", "bin", "restore", "empty_bin"}
    assert all(hasattr(Library, name) for name in writing)
    found = []
    for path in (PROJECT / "pages").rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        asked = {
            inner
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
            and {getattr(node.func, name, "") for name in ("attr", "id")} & {"write", "_write"}
            for inner in ast.walk(node)
        }
        asked |= {
            inner
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef)
            and any(getattr(x, "attr", "") == "check_write" for x in ast.walk(node))
            for inner in ast.walk(node)
        }
        for node in ast.walk(tree):
            name = getattr(getattr(node, "func", None), "attr", "")
            owner = getattr(getattr(getattr(node, "func", None), "value", None), "id", "")
            if isinstance(node, ast.Call) and name in writing and owner == "library":
                found.append((path.name, node.lineno, node in asked))
    assert len(found) >= len(WRITES) and all(asked for *_, asked in found), found


def test_two_people_at_one_browser_do_not_see_each_others_work(monkeypatch):
    owners = set()
    for subject in ("", "https://id 1", "https://id 2"):
        monkeypatch.setattr(seam, "subject", lambda subject=subject: subject)
        owners.add(storage.owner("a" * 32))
    assert len(owners) == 3


def test_a_role_that_is_taken_away_is_gone_at_the_next_run(plan):
    at = opened(user=now(), settings={"editors": ["li@plan.gov.cn"]}, lang="zh")
    assert not at.button(key="save").disabled
    at.secrets["access"] = {"viewers": ["zhang@plan.gov.cn"]}
    at.run()
    assert texts("zh")("access.barred_title") in shown(at) and len(at.button) == 1


def test_a_secrets_file_that_cannot_be_read_opens_no_door(monkeypatch, tmp_path):
    file = tmp_path / "secrets.toml"
    file.write_text("[auth\n", "utf-8")
    from streamlit.runtime.secrets import Secrets

    monkeypatch.setattr(seam.st, "secrets", Secrets())
    monkeypatch.setattr(seam.st, "get_option", lambda name: [str(file)])
    monkeypatch.setattr("streamlit.config.get_option", lambda name: [str(file)])
    assert seam.standing().kind == "broken"
    file.unlink()
    assert seam.standing().kind == "off"


def test_without_settings_everything_is_as_ever():
    at = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60)
    at.query_params["lang"] = "zh"
    at.run()
    assert not at.exception and not at.button(key="save").disabled
    assert "sign_out" not in [button.key for button in at.button]
    assert storage.owner("a" * 32) == model.library.fingerprint("a" * 32)


# The server


def test_the_server_is_shut_to_other_machines_and_other_sites():
    settings = tomllib.loads((PROJECT / ".streamlit" / "config.toml").read_text("utf-8"))
    server = settings["server"]
    assert server["address"] == "127.0.0.1"
    assert server["enableCORS"] is True and server["enableXsrfProtection"] is True
    assert server["enableStaticServing"] is False and server["maxUploadSize"] <= 64
    assert settings["client"]["showErrorDetails"] == "none"
    assert settings["browser"]["gatherUsageStats"] is False


def test_a_running_server_is_shut_to_other_machines_and_other_sites(app_server):
    """The settings do what they say: another address, another site's page, a file without token."""
    port = urlsplit(app_server).port
    if sys.platform == "linux":  # where the whole of 127.* is this machine
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.2", port), 5)

    def opened(origin, host="localhost"):
        connection = socket.create_connection(("127.0.0.1", port), 5)
        try:
            with connect(f"ws://{host}:{port}/_stcore/stream", sock=connection, origin=origin,
                         subprotocols=["streamlit"], proxy=None):  # fmt: skip
                return 101
        except InvalidStatus as refused:
            return refused.response.status_code

    assert opened(app_server) == opened(f"http://127.0.0.1:{port}", "127.0.0.1") == 101
    for strange in ("http://evil.example", f"http://evil.example:{port}", "null", "http://[x"):
        assert opened(strange) == 403
    # A name of the stranger's own that leads to this machine: for the browser it is one site.
    assert opened(f"http://evil.example:{port}", "evil.example") == 403
    with httpx.Client(base_url=app_server, trust_env=False) as stranger:
        for method in ("PUT", "DELETE"):
            assert stranger.request(method, "/_stcore/upload_file/a/b").status_code == 403
        answer = stranger.get("/", headers={"Host": f"evil.example:{port}"})
        assert answer.status_code == 403 and "--browser.serverAddress" in answer.text
        assert stranger.get("/health", headers={"Host": "evil.example"}).status_code == 200


@pytest.mark.parametrize("signs_in", [False, True])
def test_a_server_goes_by_the_names_it_was_told_and_by_those_nobody_else_owns(
    monkeypatch, tmp_path, signs_in
):
    file = tmp_path / "secrets.toml"
    if signs_in:
        file.write_text("[auth]\nclient_id = 'x'\n", "utf-8")
    options = {"secrets.files": [str(file)], "browser.serverAddress": "plan.gov.cn",
               "server.address": "0.0.0.0",
               "server.corsAllowedOrigins": ["https://desk.gov.cn:8443"]}  # fmt: skip
    monkeypatch.setattr(names.st, "get_option", options.get)
    monkeypatch.setattr(names.st, "secrets", type(names.st.secrets)())
    for own in ("localhost:8501", "127.0.0.1", "[::1]:8501", "10.1.2.3:80", "planner-pc:8501",
                "x.localhost", "Plan.GOV.cn:8501", "plan.gov.cn.", "desk.gov.cn", ""):  # fmt: skip
        assert not names.strange(own), own
    # With a sign-in a stranger's page lacks the cookie, and a proxy may give any name.
    for other in ("evil.example", "localhost.evil.example:8501", "127.0.0.1.evil.example"):
        assert names.strange(other) is not signs_in, other
    for origin, host in (("https://plan.gov.cn", "10.1.2.3:8501"), (None, "x"),
                         ("http://localhost:5", "localhost:8"), ("http://a:1", "a:1")):  # fmt: skip
        assert not names.elsewhere(origin, host), origin
    for origin in ("http://evil.example", "http://a:2", "null", ""):
        assert names.elsewhere(origin, "a:1"), origin


FORBIDDEN_MODULES = {"pickle", "cPickle", "_pickle", "shelve", "marshal", "dill", "cloudpickle",
                     "joblib", "jsonpickle"}  # fmt: skip
FORBIDDEN_CALLS = {"eval", "exec", "compile", "__import__", "read_pickle", "to_pickle"}


def test_nothing_is_unpickled_or_evaluated():
    for path in [PROJECT / "app.py", *(PROJECT / "model").rglob("*.py"),
                 *(PROJECT / "pages").rglob("*.py")]:  # fmt: skip
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = {alias.name.partition(".")[0] for alias in getattr(node, "names", ())
                     if isinstance(node, ast.Import)}  # fmt: skip
            if isinstance(node, ast.ImportFrom):
                names.add((node.module or "").partition(".")[0])
            assert not names & FORBIDDEN_MODULES, (path, node.lineno)
            if isinstance(node, ast.Call):
                called = getattr(node.func, "id", getattr(node.func, "attr", ""))
                module = getattr(getattr(node.func, "value", None), "id", "")
                plain = called in FORBIDDEN_CALLS and module != "re"
                assert not plain, (path, node.lineno, called)
                keys = {word.arg: word.value for word in node.keywords}
                allows = keys.get("allow_pickle")
                assert getattr(allows, "value", False) is False, (path, node.lineno)


# Secrets

PASSWORD = "s3cr:t/p@ss wörd"
URLS = [
    f"postgresql+psycopg://planner:{quote(PASSWORD, safe='')}@127.0.0.1:1/x",
    f"postgresql+psycopg://planner@127.0.0.1:1/x?password={quote(PASSWORD, safe='')}",
    f"nonsense://planner:{quote(PASSWORD, safe='')}@h/x",
    f"postgresql+psycopg://planner:{PASSWORD}@127.0.0.1:notaport/x",
    f"{PASSWORD}://",
]


def reveals(text):
    return any(form in text for form in (PASSWORD, quote(PASSWORD), quote(PASSWORD, safe=""),
                                         "s3cr", "wörd"))  # fmt: skip


@pytest.mark.parametrize("url", URLS)
def test_a_password_of_the_library_is_in_no_error_and_no_trace(url, plan, monkeypatch, caplog):
    with pytest.raises(model.ModelError) as error:
        Store(url)
    assert error.value.details["reason"]
    assert not reveals(str(error.value)) and not reveals(json.dumps(error.value.details))
    assert not reveals("".join(traceback.format_exception(error.value)))
    monkeypatch.setenv("SIMULATOR_LIBRARY", url)
    storage.shelf.clear()
    at = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60)
    at.query_params["lang"] = "zh"
    at.run()
    assert at.warning and not at.exception
    assert not reveals(shown(at) + "".join(element.value for element in at.warning))
    assert not reveals(caplog.text)


def test_masking_leaves_the_rest_of_a_message_alone():
    said = masked(f"connection to db failed: {PASSWORD} is wrong for planner", [PASSWORD])
    assert said == "connection to db failed: *** is wrong for planner"
    assert masked("disk full at /var/x") == "disk full at /var/x"


def test_statements_in_errors_hide_what_people_saved(plan):
    store, text = Store("sqlite://"), "".join(("机密", "内容"))
    library = Library(plan, store)
    with pytest.raises(model.ModelError) as error, store.writing() as connection:
        connection.exec_driver_sql("SELECT * FROM nowhere WHERE x = ?", (text,))
    assert text not in "".join(traceback.format_exception(error.value))
    assert document.clean("x") and library.list() == ()

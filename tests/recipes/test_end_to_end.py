"""A project with everything, grown by all recipes: gunicorn behind nginx, and a real browser."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.common.exceptions import JavascriptException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from harness import recipes
from harness.commands import commands
from harness.debian import command
from harness.living import Living
from harness.load import answer, no_request_is_lost
from harness.nginx import connect, front
from harness.projects import ROOT, python, run_tests
from harness.recipes import assert_sound
from harness.serving import free_port, until
from harness.shapes import DEFAULT_ROUTES, EXTRAS, MIDDLEWARE

ROUTES = f"""{DEFAULT_ROUTES}
DELETE  /notes/{{note_id:int}}   none         drop_note
GET     /live                   html         live
GET     /events                 sse          events
GET     /rows                   csv,ndjson   rows
POST    /rows                   csv>none     add_rows
PUT     /blobs/{{path:path}}      bytes>none   put_blob
GET     /feeds/{{key:uuid}}       xml          feed
GET     /charts/{{ratio:float}}   svg          chart
"""
EVERYTHING: dict[str, Any] = {
    "extras": EXTRAS,
    "features": ["cookies", "openapi", "config"],
    "license": "MIT",
    "middleware": MIDDLEWARE,
    "server": "gunicorn",
}
PASSWORD = "correct horse battery staple"
CHROMIUM = """
    --headless=new --no-sandbox --disable-gpu --no-first-run --disable-background-networking
    --disable-component-update --disable-sync --disable-quic --ignore-certificate-errors
""".split()
# What the owner adds: a page that shows each file as soon as it is there.
OWNERS = {
    "templates/live.html": """\
{% extends "base.html" %}
{% block title %}Live{% endblock %}
{% block main %}<ul id="events"></ul><script src="/static/live.js"></script>{% endblock %}
""",
    "static/live.js": """\
const show = (text) => {
  const item = document.createElement("li")
  item.textContent = text
  document.querySelector("#events").append(item)
}
const events = new EventSource("/events")
events.onopen = () => show("(listening)")
events.onmessage = (event) => show(event.data)
""",
    "handlers/live.py": """\
from .. import pages, request, response


def live(environ: request.Environ) -> response.Response:
    return pages.show(environ, "live.html")
""",
    "handlers/events.py": """\
import time
from collections.abc import Iterator

from .. import request, response, sse, storage


def events(environ: request.Environ) -> response.Response:
    return sse.stream(environ, news(storage.names()))


def news(seen: list[str]) -> Iterator[bytes]:
    while True:
        for name in storage.names():
            if name not in seen:
                seen.append(name)
                yield sse.event(name)
        yield sse.HEARTBEAT
        time.sleep(0.05)
""",
}


@pytest.fixture(scope="module")
def project() -> Living:
    return recipes.project(*recipes.TOGETHER, routes=ROUTES, **EVERYTHING)


@pytest.mark.matrix
def test_the_grown_project_passes_its_tests(project: Living) -> None:
    assert_sound(project)


@pytest.mark.matrix
def test_the_grown_project_grows_on(project: Living) -> None:
    made = project.copy()
    added = """
        GET /account/settings html settings; GET /files/{name}/size json size
        POST /memos/import multipart>json import_memos; GET /api/books.csv csv export_books
        GET /orders/live sse follow_orders; GET /api/books/rows ndjson book_rows
    """
    assert made.update(add=added) == []
    done = run_tests(made.project, "tests/test_account.py", "tests/test_files.py")
    assert done.returncode == 0, done.stdout[-3000:]


class Browser:
    """Chromium, as somebody uses it. Each step waits for the page that comes."""

    def __init__(self, driver: webdriver.Chrome) -> None:
        self.driver = driver
        self.console: list[str] = []

    def open(self, url: str) -> None:
        self.driver.get(url)
        self.listen()

    def fill(self, **fields: str) -> None:
        for name, value in fields.items():
            self.driver.find_element(By.NAME, name).send_keys(value)

    def press(self, label: str, then: str) -> None:
        """Press a button, and wait for the page with this heading."""
        self.driver.find_element(By.XPATH, f"//button[.='{label}']").click()
        self.sees("h1", then)

    def sees(self, selector: str, text: str) -> None:
        def there(driver: webdriver.Chrome) -> bool:
            script = "return [...document.querySelectorAll(arguments[0])].map(e => e.textContent)"
            return text in driver.execute_script(script, selector)

        changing = [JavascriptException]  # one page goes, the other comes
        WebDriverWait(self.driver, 10, 0.05, changing).until(there, f"no {selector} with {text!r}")
        self.listen()

    def listen(self) -> bool:
        """Keep what the page has written to the console; False if that is nothing so far."""
        self.console += [entry["message"] for entry in self.driver.get_log("browser")]
        return self.console != []


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Browser]:
    options = webdriver.ChromeOptions()
    options.binary_location = command("chromium")
    for argument in [*CHROMIUM, f"--user-data-dir={tmp_path / 'profile'}"]:
        options.add_argument(argument)
    downloads = {"download.default_directory": str(tmp_path / "downloads")}
    options.add_experimental_option("prefs", downloads)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options, Service(command("chromedriver")))
    try:
        yield Browser(driver)
    finally:
        driver.quit()


def settings(folder: Path) -> dict[str, str]:
    """Return the variables with which the grown project starts."""
    return {
        "SECRET_KEY": "0123456789abcdef" * 2,
        "STATE_DIRECTORY": str(folder / "data"),
        "TRUSTED_PROXIES": "1",
    }


def port_of(url: str) -> int:
    return int(url.rpartition(":")[2])


def add_owners_code(made: Living) -> None:
    for name, text in OWNERS.items():
        made.write(f"src/my_app/{name}", text)


@pytest.mark.usefixtures("nginx")
def test_a_browser_uses_the_grown_project(
    project: Living, browser: Browser, tmp_path: Path
) -> None:
    made = project.copy()
    add_owners_code(made)
    environment = settings(tmp_path)
    script = f"from my_app import users; users.set_password('ada', {PASSWORD!r})"
    done = python(made.project, "-c", script, **environment)
    assert done.returncode == 0, done.stderr
    [block] = re.findall(r"(?s)```nginx\n(.*?)```", made.project.read("OPERATIONS.md"))
    with (
        recipes.served(made, "gunicorn", **environment) as upstream,
        front(block, {8000: port_of(upstream)}) as nginx,
    ):
        use(browser, f"https://127.0.0.1:{nginx.port}", tmp_path)
        # the Secure cookie, without https on this machine
        browser.open(f"{upstream}/account")
        browser.fill(name="ada", password=PASSWORD)
        browser.press("Log in", then="Your account")


@pytest.mark.usefixtures("nginx")
def test_an_early_response_of_the_grown_project_arrives(project: Living, tmp_path: Path) -> None:
    form = {"Content-Type": "multipart/form-data; boundary=b"}
    early = {
        "/files 403": form,  # nobody is logged in
        "/account/login 403": {"Sec-Fetch-Site": "cross-site"},
        "/api/books 401": {"Content-Type": "application/json"},
        "/memos 415": form,
        "/none 404": form,
    }
    [block] = re.findall(r"(?s)```nginx\n(.*?)```", project.project.read("OPERATIONS.md"))
    with (
        recipes.served(project, "gunicorn", **settings(tmp_path)) as upstream,
        front(block, {8000: port_of(upstream)}) as nginx,
    ):
        for expected, headers in early.items():
            path = expected.split()[0]
            sent: dict[str, Any] = {"body": bytes(900_000), "headers": headers}
            for _ in range(20):
                assert answer(connect(nginx.port), "POST", path, **sent) == f"POST {expected}"


@pytest.mark.usefixtures("nginx")
def test_no_request_of_the_grown_project_is_lost_while_its_servers_restart(
    project: Living, tmp_path: Path
) -> None:
    """As docs/deploy.md says, with one database, and while clients listen to events."""
    deploy = (ROOT / "docs" / "deploy.md").read_text("utf-8").partition("## Several processes")[2]
    [block] = re.findall(r"(?s)```nginx\n(.*?)```", deploy)
    down, _, up = commands(deploy)[:3]
    load = ("GET /hello 200", "GET /static/style.css 200", "POST /memos 201", "POST /news 201")
    made = project.copy()
    made.edit("src/my_app/hub.py", "LONGEST = 25.0", "LONGEST = 1.0")
    with ExitStack() as all_of_them:
        ports = {number: free_port() for number in (8001, 8002, 8003)}
        servers = {port: all_of_them.enter_context(ExitStack()) for port in ports.values()}

        def start(port: int) -> None:
            own = {"PORT": str(port), "WEB_CONCURRENCY": "1", **settings(tmp_path)}
            servers[port].enter_context(recipes.served(made, "gunicorn", **own))

        for port in servers:
            start(port)
        nginx = all_of_them.enter_context(front(block, ports))
        with no_request_is_lost(lambda: connect(nginx.port), *load):
            for port, server in servers.items():
                listener = all_of_them.enter_context(closing(connect(nginx.port)))
                listener.request("GET", "/news")
                assert listener.getresponse().status == 200
                nginx.control(down.replace("8001", str(port)))
                server.close()
                start(port)
                nginx.control(up.replace("8001", str(port)))


def use(browser: Browser, site: str, folder: Path) -> None:
    driver = browser.driver
    # Nobody comes in without the password.
    browser.open(f"{site}/files")
    browser.sees("h1", "Log in")
    browser.fill(name="ada", password="wrong")
    browser.press("Log in", then="Log in")
    browser.sees("[role=alert]", "The name or the password is wrong.")
    assert until(browser.listen, 10)
    refused = "/account/login - Failed to load resource: the server responded with a status of 403"
    assert [message.partition(" (")[0] for message in browser.console] == [f"{site}{refused}"]
    browser.console.clear()

    # The login leads back to the files.
    browser.open(f"{site}/files")
    browser.fill(name="ada", password=PASSWORD)
    browser.press("Log in", then="Files")
    [cookie] = driver.get_cookies()
    assert cookie["secure"] and cookie["httpOnly"] and cookie["sameSite"] == "Lax"

    # One window waits for events while the other uploads.
    files = driver.current_window_handle
    driver.switch_to.new_window("tab")
    browser.open(f"{site}/live")
    browser.sees("#events li", "(listening)")
    live = driver.current_window_handle
    driver.switch_to.window(files)
    (folder / "Grüße.txt").write_text("Hello!\n" * 10_000)
    browser.fill(file=str(folder / "Grüße.txt"))
    browser.press("Upload", then="Files")
    browser.sees("a", "Grüße.txt")
    driver.switch_to.window(live)
    browser.sees("#events li", "Grüße.txt")
    driver.close()
    driver.switch_to.window(files)

    # The download is the file.
    driver.find_element(By.LINK_TEXT, "Grüße.txt").click()
    saved = folder / "downloads" / "Grüße.txt"
    assert until(saved.exists, 10)
    assert saved.read_bytes() == (folder / "Grüße.txt").read_bytes()

    # After the logout, the files are out of reach.
    browser.open(f"{site}/account")
    browser.press("Log out", then="Log in")
    browser.open(f"{site}/files")
    browser.sees("h1", "Log in")
    assert browser.console == []

    # A form of another site is refused, on a page with the layout of this one.
    form = f"<form method=post action='{site}/account/login'><button>Send</button></form>"
    driver.get(f"data:text/html,{form}")
    browser.press("Send", then="403 Forbidden")
    assert driver.find_elements(By.CSS_SELECTOR, "link[rel=stylesheet]")

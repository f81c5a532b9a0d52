"""Settings: their variables, their defaults, and what cannot work."""

import importlib
import os
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import pytest
from client import PACKAGE, module

config = module("config")
NAME = "A_SETTING"
DEFAULTS = {
    "ALLOWED_ORIGINS": [],
    "LOG_FORMAT": "text",
    "TRUSTED_HOSTS": ["localhost", "127.0.0.1", "[::1]"],
    "TRUSTED_PROXIES": 0,
}
OTHERS = {
    "ALLOWED_ORIGINS": ("https://a.example, https://b.example", 2),
    "LOG_FORMAT": ("json", "json"),
    "TRUSTED_HOSTS": ("example.org", ["example.org"]),
    "TRUSTED_PROXIES": ("2", 2),
}
WRONG = {  # what each setting cannot be: everything here would make every request fail, or do nothing
    "ALLOWED_ORIGINS": [
        "https://A.example",
        "https://a.example:443",
        "http://a.example:80",
        "https://a.example/",
        "https://*.example",
        "a.example",
        "null",
    ],
    "LOG_FORMAT": ["JSON", "xml"],
    "TRUSTED_HOSTS": ["localhost:8000", "*", "https://x", ".x", "b\u00fccher.example", "a b"],
    "TRUSTED_PROXIES": ["-1", "10", "one", "1.0", "\u0661"],
}
EXAMPLE = Path(__file__).parent.parent / ".env.example"


@pytest.fixture(autouse=True)
def read_again() -> Any:
    """Read the settings as a new process would, and leave them as they were."""
    yield
    for name in DEFAULTS:
        os.environ.pop(name, None)
    start()


def start() -> None:
    """Start as a new process would."""
    importlib.reload(config)
    importlib.reload(importlib.import_module(PACKAGE))


def settings() -> dict[str, Any]:
    """Return all settings, read anew."""
    importlib.reload(config)
    return {name: value for name, value in vars(config).items() if name.isupper()}


def test_a_setting_that_is_missing_or_empty_has_a_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, "")
    for name in (NAME, "A_MISSING_SETTING"):
        assert config.text(name, "x") == "x"
        assert config.text(name) == ""
        assert config.number(name, 1, most=9) == 1
        assert config.choice(name, "a", "b") == "a"
        assert config.names(name) == []
        assert config.names(name, "a,b") == ["a", "b"]


def test_names_have_commas_between_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, " a.example,b.example ,,")
    assert config.names(NAME) == ["a.example", "b.example"]


@pytest.mark.parametrize("value", ["0", "7", "65535"])
def test_a_number_is_read(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv(NAME, value)
    assert config.number(NAME, 1, most=65_535) == int(value)


@pytest.mark.parametrize(
    "value", ["x", "-1", "+1", "1.5", "1_0", " 1", "1\n", "\u0663", "65536", "9" * 5000]
)
def test_a_wrong_number_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv(NAME, value)
    with pytest.raises(ValueError, match="A_SETTING must be a whole number from 0 to 65535, not"):
        config.number(NAME, 1, most=65_535)


def test_a_wrong_choice_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, "c")
    with pytest.raises(ValueError, match="A_SETTING must be a or b, not 'c'"):
        config.choice(NAME, "a", "b")


@pytest.mark.parametrize("value", ["", "x" * 31, "\u00e9" * 31])
def test_a_short_secret_is_refused_and_not_repeated(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv(NAME, value)
    match = f"A_SETTING must have at least 32 characters, not {len(value)}$"
    with pytest.raises(ValueError, match=match):
        config.secret(NAME)


def test_a_secret_can_be_as_short_as_its_reader_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, "abc")
    assert config.secret(NAME, least=3) == "abc"


def test_nobody_else_reads_the_data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path / "new" / "data"))
    for _ in range(2):
        assert config.stored("a") == tmp_path / "new" / "data" / "a"
    assert (tmp_path / "new" / "data").stat().st_mode & 0o777 == 0o700


def test_without_a_folder_for_data_there_is_no_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STATE_DIRECTORY")
    with pytest.raises(ValueError, match="STATE_DIRECTORY must be a folder for data, such as data"):
        config.stored("a")


def test_tests_have_a_folder_for_data_of_their_own() -> None:
    assert Path(config.stored("a")).parent.is_relative_to(gettempdir())


def test_the_defaults_are_what_the_pages_say() -> None:
    assert settings() == DEFAULTS


@pytest.mark.parametrize("name", OTHERS)
def test_each_setting_has_a_variable_of_its_name(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    value, expected = OTHERS[name]
    monkeypatch.setenv(name, value)
    read = settings()
    assert (len(read[name]) if isinstance(expected, int) and name[0] == "A" else read[name]) == (
        expected
    )
    assert {key: read[key] for key in read if key != name} == {
        key: DEFAULTS[key] for key in DEFAULTS if key != name
    }


@pytest.mark.parametrize("name", DEFAULTS)
def test_a_value_that_cannot_work_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    for value in WRONG[name]:
        monkeypatch.setenv(name, value)
        with pytest.raises(ValueError, match=f"^{name} (cannot|must) be ") as caught:
            start()
        assert repr(value.lower() if name == "TRUSTED_HOSTS" else value) in str(caught.value)


def test_no_trusted_host_at_all_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUSTED_HOSTS", ",")
    with pytest.raises(ValueError, match="^TRUSTED_HOSTS cannot be ''"):
        start()


def test_the_example_grants_nothing_that_the_defaults_do_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lines = [line.split("=", 1) for line in EXAMPLE.read_text("utf-8").splitlines() if "=" in line]
    values = {name: value for name, value in lines if not name.startswith("#")}
    assert set(values) >= set(DEFAULTS)
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    assert settings() == DEFAULTS

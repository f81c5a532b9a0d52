"""Settings: read from environment variables, refused by name."""

import dataclasses

import pytest
from client import module

config = module("config")
NAME = "A_SETTING"


def test_a_setting_that_is_missing_or_empty_has_a_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, "")
    for name in (NAME, "A_MISSING_SETTING"):
        assert config.text(name, "x") == "x"
        assert config.number(name, 1) == 1
        assert config.choice(name, "a", "b") == "a"
        assert config.names(name) == ()


def test_a_setting_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, "7")
    assert config.text(NAME) == "7"
    assert config.number(NAME, 1) == 7
    assert config.choice(NAME, "5", "7") == "7"


def test_names_have_commas_between_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, " a.example,b.example ,,")
    assert config.names(NAME) == ("a.example", "b.example")


@pytest.mark.parametrize("value", ["x", "-1", "1.5", "1_0", "\u0663", "65536", "9" * 5000])
def test_a_wrong_number_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv(NAME, value)
    with pytest.raises(ValueError, match="A_SETTING must be a whole number from 0 to 65535, not"):
        config.number(NAME, 1)


def test_a_wrong_choice_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, "c")
    with pytest.raises(ValueError, match="A_SETTING must be a or b, not 'c'"):
        config.choice(NAME, "a", "b")


def test_the_settings_do_not_change() -> None:
    field = dataclasses.fields(config.Config)[0].name
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(config.config, field, "")

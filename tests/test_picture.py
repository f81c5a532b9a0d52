"""The picture of the questionnaire shows what Copier asks today."""

from xml.etree import ElementTree

import yaml
from projects import ROOT


def test_the_picture_shows_each_question_that_is_asked() -> None:
    shown = "".join(ElementTree.parse(ROOT / "docs/picture.svg").getroot().itertext())
    questions = yaml.safe_load((ROOT / "copier.yml").read_text("utf-8"))
    asked = [
        question["help"]
        for name, question in questions.items()
        if not name.startswith("_") and "help" in question and not question.get("secret")
    ]
    assert [text for text in asked if text not in shown.replace("\u00a0", " ")] == []

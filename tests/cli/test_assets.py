"""Icons and translations."""

from io import BytesIO

from babel.messages.extract import extract

from suqiu.cli import assets, translations


def test_the_sprite_holds_every_icon() -> None:
    assert not assets.wanted(), "run: suqiu assets"
    assert '<path stroke="none"' not in assets.SPRITE.read_text()


def test_an_icon_becomes_a_symbol_without_its_invisible_square() -> None:
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg"><path stroke="none" d="M0 0h24v24H0z"/>'
        '<circle cx="12" r="9"/></svg>'
    )
    assert assets._symbol("dot", svg).endswith('"round"><circle cx="12" r="9"/></symbol>')


def test_messages_are_found_in_templates_however_they_are_indented() -> None:
    source = """
        {% load i18n %}
    <p title="{% trans '标题' %}">{{ _("甲") }}
            {% blocktrans count n=n trimmed %}
              一件
            {% plural %}
              {{ n }} 件
       {% endblocktrans %}{# 诉求 #}
    """
    found = extract(
        translations.from_template, BytesIO(source.encode()), keywords=translations.KEYWORDS
    )
    assert [message for _, message, _, _ in found] == ["标题", "甲", ("一件", "%(n)s 件")]

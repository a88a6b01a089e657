"""Ways through the pages of importing, as a browser without scripts would go them."""

import re

from order_files import long_row
from visitor import Visitor

from projections import orders

PATTERN = "1-28、31-40号: 1-18层 x 01-04; 29、30号 别墅"
CLEAR = (
    long_row(building="12", room="501", number="1"),
    long_row(building="12", room="502", number="2", quantity=3),
    long_row(building="29", room="", number="3", person="李某"),
    long_row(building="5", room="101", number="4", state="已取消"),
)
UNCLEAR = (
    long_row(building="12", room="5011", number="5"),
    long_row(building="", room="", number="6", quantity=2),
    long_row(building="7", room="301", number="7", quantity="很多"),
)


def founded(app):
    """Somebody of the staff of a compound that has just been founded on its page."""
    visitor = Visitor(app).signed_in("admin", compound=None)
    sent = visitor.post(
        "/import/households?new=1",
        data={"compound": "shengdu", "pattern": PATTERN, "name": "圣都汇", "street": "某路168弄", "blocks": "same"},
    )
    assert sent.status_code == 303, sent.text
    assert visitor.post(sent.headers["location"]).status_code == 303
    return Visitor(app).signed_in("staff")


def upload(visitor, content, name="苹果 0409.xlsx", path="/import", **fields):
    return visitor.post(path, data=fields, files={"file": (name, content, "application/octet-stream")})


def previewed(visitor, content, **said):
    """Where the preview stands, and its page."""
    sent = upload(visitor, content, **said)
    assert sent.status_code == 303, sent.text
    shown = visitor.get(sent.headers["location"])
    assert shown.status_code == 200
    return sent.headers["location"], shown.text


def fields_in(text):
    """What a browser would send of the form of corrections if nobody touched it."""
    form = text[text.index('id="settle"') :]
    form = form[: form.index("</form>")]
    fields = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        ticked = re.search(r'type="(?:radio|checkbox)"', tag) is None or " checked" in tag
        if name and ticked:
            fields[name[1]] = value[1] if value else ""
    return fields


def cards_in(text):
    """Key of each unclear row by the row's number."""
    parts = text.split('<li class="unclear-row"')[1:]
    return {int(re.search(r"Row (\d+)", part)[1]): re.search(r'name="choice\.(\w+)"', part)[1] for part in parts}


def book(visitor, path, **said):
    text = visitor.get(path).text
    return visitor.post(path, data={**fields_in(text), "act": "book", **said})


def standing(house, group_buy):
    with house.read.reading() as rows:
        return {each.household: each.lines for each in orders.orders_of(rows, "shengdu", group_buy)}


def imports(house):
    with house.read.reading() as rows:
        return orders.imports(rows, "shengdu")

import pytest

from domain.base import Refused
from domain.procurement.group_buys import OrderLine
from projections.orders import Order
from services.paper.address import read_address
from services.paper.labels import fit_of, fitting, goods_labels, qr_for
from services.paper.sheets import goods_of, sheet_of
from services.paper.sizes import OFFERED, label_style, read_size


def order(household, source="import", **quantities):
    lines = tuple(OrderLine(item=item, unit="箱", quantity=quantity) for item, quantity in quantities.items())
    return Order(household, household.partition("-")[0], source, lines)


ORDERS = [
    order("12-1701", 苹果=2),
    order("2-商铺3", 鸡蛋=1),
    order("12-201甲", 苹果=1),
    order("2-101", 苹果=1, 鸡蛋=3),
    order("12-201", 苹果=1, 鸡蛋=1),
    order("12-201", source="chain", 苹果=4),
    order("29", 鸡蛋=1),
]


def rooms(part):
    return [line.room for line in part.lines]


def test_goods_come_first_then_buildings_then_rooms_in_numeric_order():
    sheet = sheet_of(ORDERS, "goods-building-room")
    assert [(strip.good, strip.building, strip.quantity) for strip in sheet.strips] == [
        ("苹果 箱", "2", 1),
        ("苹果 箱", "12", 8),
        ("鸡蛋 箱", "2", 4),
        ("鸡蛋 箱", "12", 1),
        ("鸡蛋 箱", "29", 1),
    ]
    assert rooms(sheet.strips[1].parts[0]) == ["201", "201甲", "1701"]
    assert rooms(sheet.strips[2].parts[0]) == ["101", "商铺3"]


def test_a_buildings_strip_holds_its_goods_or_its_doors():
    by_goods = sheet_of(ORDERS, "building-goods-room")
    assert [strip.building for strip in by_goods.strips] == ["2", "12", "29"]
    assert [(part.name, part.quantity, part.doors) for part in by_goods.strips[1].parts] == [
        ("苹果 箱", 8, 3),
        ("鸡蛋 箱", 1, 1),
    ]
    by_rooms = sheet_of(ORDERS, "building-room-goods")
    assert [(part.name, part.quantity) for part in by_rooms.strips[1].parts] == [
        ("12-201", 6),
        ("12-201甲", 1),
        ("12-1701", 2),
    ]


@pytest.mark.parametrize("sorting", ["goods-building-room", "building-goods-room", "building-room-goods"])
def test_every_sheet_has_the_same_sums(sorting):
    sheet = sheet_of(ORDERS, sorting)
    assert [tuple(total) for total in sheet.by_good] == [("苹果 箱", 9, 4), ("鸡蛋 箱", 6, 4)]
    assert [tuple(total) for total in sheet.by_building] == [("2", 5, 2), ("12", 9, 3), ("29", 1, 1)]
    assert (sheet.quantity, sheet.doors) == (15, 6)
    assert sum(strip.quantity for strip in sheet.strips) == 15


def test_a_door_with_two_sources_is_added_up_and_marked():
    doubled = [each for each in goods_of(ORDERS) if each.double]
    assert [(each.household, each.item, each.quantity) for each in doubled] == [
        ("12-201", "苹果", 5),
        ("12-201", "鸡蛋", 1),
    ]
    sheet = sheet_of(ORDERS, "building-room-goods")
    assert sheet.doubles == 1
    assert [strip.double for strip in sheet.strips] == [False, True, False]


def test_labels_for_items_and_for_households():
    size = read_size("70x37")
    by_item = list(goods_labels(ORDERS, "水果", "item", size))
    assert [(label.door, label.goods) for label in by_item[:2]] == [
        ("2-101", (("苹果 箱", 1),)),
        ("2-101", (("鸡蛋 箱", 3),)),
    ]
    by_door = list(goods_labels(ORDERS, "水果", "household", size))
    assert [label.door for label in by_door] == ["2-101", "2-商铺3", "12-201", "12-201甲", "12-1701", "29"]
    assert by_door[0].goods == (("苹果 箱", 1), ("鸡蛋 箱", 3))
    assert (by_door[0].pieces, by_door[2].double) == (4, True)


def test_goods_without_room_are_counted():
    goods = goods_of([order("2-101", 苹果=1, 梨=2, 鸡蛋=3, 牛奶=1)])
    assert fitting(goods, 4) == (tuple((each.name, each.quantity) for each in goods), 0)
    shown, more = fitting(goods, 3)
    assert (len(shown), more) == (2, 2)
    assert fitting(goods, 1) == ((), 0)


def test_a_label_is_filled_and_nothing_stands_on_its_edge():
    for name in (*OFFERED, "50x30", "40x60", "100x150", "20x20"):
        size = read_size(name)
        used = 2 * size.pad + size.words_above + size.qr + 1.25 * size.code
        assert used <= size.height + 0.01, name
        assert size.qr <= size.inside, name
        assert size.left + size.columns * size.width + (size.columns - 1) * size.gap_x <= 210.01
        assert size.top + size.rows * size.height + (size.rows - 1) * size.gap_y <= 297.01
        assert f"--width:{size.width:.2f}mm" in label_style(size)


@pytest.mark.parametrize("written", ["", "70", "10x10", "500x20", "ax b", "70x37x5"])
def test_other_sizes_are_refused(written):
    with pytest.raises(Refused):
        read_size(written)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("http://192.168.1.20:8000", "http://192.168.1.20:8000"),
        (" 192.168.1.20:8000/ ", "http://192.168.1.20:8000"),
        ("HTTPS://Baogong.Example.org", "https://baogong.example.org"),
        ("https://保供.example.org", "https://xn--vsq0f.example.org"),
    ],
)
def test_an_address_as_people_write_it(written, read):
    assert read_address(written) == read


@pytest.mark.parametrize(
    "written",
    [
        "",
        "ftp://host",
        "http://",
        "http://host/path",
        "http://a_b",
        "http://[::1]:8000",
        "http://h:99999",
        "http://u@h",
    ],
)
def test_an_address_that_no_small_qr_code_holds(written):
    with pytest.raises(Refused):
        read_address(written)


def test_a_door_that_is_long_is_set_smaller():
    assert [fit_of(door) for door in ("12-501", "12-1701", "3-商铺12甲", "十二号楼-商铺一百零一")] == [
        "short",
        "middle",
        "long",
        "longest",
    ]


def test_a_qr_code_is_alphanumeric_or_nothing():
    assert 'viewBox="0 0 33 33"' in qr_for("http://192.168.1.20:8000", "P7K2M9QX4T3")
    with pytest.raises(ValueError, match="mode"):
        qr_for("http://保供.cn", "P7K2M9QX4T3")

"""The way in that stands beside members' numbers, and the household's own pages."""

from uuid import uuid4

from seeded import HELP, NAME, NOTE, PHONE

from domain.community.door_codes import door_code


def by_members(house, staff):
    """A member's name and phone, through the form beside the number; the pages, tables and sheets about people."""
    number = staff.post("/members", data={"body": "volunteer", "approve": "yes"}).headers["location"].rpartition("/")[2]
    page = f"/members/{number}"
    assert (
        staff.post(f"{page}/card", data={"name": NAME, "phone": PHONE, "help": HELP, "note": NOTE}).status_code == 303
    )
    assert staff.post(f"{page}/card", data={"name": NAME * 200}).status_code == 422
    assert "王**" in staff.get(page).text
    assert staff.post(f"{page}/unmask", data={"why": "shift", "emergency": "yes"}).status_code == 303
    assert all(seed in staff.whole(page) for seed in (NAME, PHONE))
    assert [seed for seed in (HELP, NOTE) if seed in staff.whole(page)] == []
    assert staff.post("/teams", data={"task": "delivery"}).status_code == 303
    for path in ("/members", "/teams", "/badges", "/badges/day", f"/members?number={number}"):
        assert "王**" in staff.get(path).text or path == "/badges/day", path
    for path in ("/members.csv", "/badges.csv", "/teams.csv"):
        assert "王" not in staff.get(path).text, path
    said = {"member": number, "role": "runner", "preset": "next-hours"}
    for show in ("screen", "sheet"):
        assert staff.post("/badges", data=said | {"run": str(uuid4()), "show": show}).status_code == 200
    assert staff.post(f"{page}/roles", data={"role": "viewer"}).status_code == 303
    invited = staff.post(f"{page}/invite", data={"role": "viewer"})
    assert (invited.status_code, "/j#" in invited.text, "王" in invited.text) == (200, True, False)
    own = f"/d/{door_code(house.secret, 'shengdu', '12-501', 0)}"
    for path in (own, f"{own}/held"):
        assert staff.get(path).status_code == 200, path
    assert "138****1234" in staff.get(f"{own}/held").text

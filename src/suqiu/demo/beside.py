"""What happens beside an order's way: pictures, another unit's help, a second caller, an eye on it."""

import io
import random
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

from suqiu.accounts.queries import people_in
from suqiu.appellants.actions import take_in
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.callbacks.actions import answer_own
from suqiu.demo.people import holders, in_unit
from suqiu.files import actions as files
from suqiu.files.models import File
from suqiu.orders.actions import accept, attach, co, links, pairs, transfer
from suqiu.orders.actions.draft import Appeal, take_down
from suqiu.orders.actions.picturing import Shots
from suqiu.orders.models import Order
from suqiu.orders.places import Place
from suqiu.organisations.models import Unit
from suqiu.policy.queries import in_force
from suqiu.portal import actions as portal

if TYPE_CHECKING:
    from suqiu.demo.life import Life

STREET, TIDY = ("#8a6d3b", "#b3412e", "#c98b2f"), ("#5d8a5a", "#7f9c84", "#93a8b5")


def drawn(rng: random.Random, colours: tuple[str, ...], pieces: int) -> bytes:
    """A street that nobody photographed: a road, a kerb, and so many things standing on it."""
    image = Image.new("RGB", (960, 720), "#dfe6e2")
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 430, 960, 720), fill="#8b9291")
    pen.rectangle((0, 410, 960, 430), fill="#c9cfcd")
    for _ in range(pieces):
        x, y, size = rng.randrange(40, 840), rng.randrange(330, 560), rng.randrange(50, 120)
        pen.rectangle((x, y, x + size, y + size), fill=rng.choice(colours))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()


def by_web(told: portal.Told, rng: random.Random, number: int) -> Order:
    """The same appeal from a telephone's browser, with a picture of what is wrong."""
    net = f"demo-{number}"
    photo = portal.keep(drawn(rng, STREET, 7), "photo.jpg", net=net)
    order, _code = portal.submit(told, [photo], sent=f"{rng.getrandbits(128):032x}", net=net)
    return order


def photograph(life: "Life", by: Actor, kind: str) -> None:
    """The unit's own picture; the one after the work is public."""
    after = kind == "after"
    data = drawn(life.rng, TIDY if after else STREET, 1 if after else 7)
    limits = attach.limits_of(life.order, life.order.pack_id)
    file: File = files.receive(data, name=f"{kind}.jpg", limits=limits, by=by)
    attach.attach(life.order, files=[file], kind=kind, public=after, by=by)


def shots(order: Order | None, by: Actor, seed: int, *, tidy: bool = False) -> Shots:
    """What somebody pictured where he went; drawn by a chance of its own, so that the city stays the same."""
    data = drawn(random.Random(seed), TIDY if tidy else STREET, 1 if tidy else 6)  # noqa: S311
    limits = attach.limits_of(order, order.pack_id if order else in_force().pk)
    file = files.receive(data, name="there.jpg", limits=limits, by=by)
    there = Place(order.lon, order.lat) if order and order.lon and order.lat else None
    return [file], {file.pk: attach.Taken(clock.now(), there, 0)}


def pass_on(life: "Life") -> bool:
    """The district passes the order on within itself. Whether there was another to pass it to."""
    lead = life.fresh.seats.get(role="lead", closed=None).unit
    near = Unit.objects.filter(region=lead.region, kind=lead.kind).exclude(pk=lead.pk)
    to = next((u for u in near if people_in(u, "handler") and people_in(u, "head")), None)
    if to is None:
        return False
    reason = "地点在对方辖区一侧，由其办理更快"
    transfer.transfer(life.fresh, to=to, reason=reason, by=in_unit(lead.pk, "head"))
    return True


def ask_help(life: "Life") -> None:
    """The lead asks its street for help, and the centre grants it."""
    street = life.fresh.street
    seat = life.order.seats.get(role="lead", closed=None)
    if street is None or street.pk == seat.unit_id or not people_in(street, "handler"):
        return
    reason = "请到现场配合劝导，并留意是否又出现"
    co.ask_co(life.order, unit=street, reason=reason, by=in_unit(seat.unit_id, "handler"))
    co.grant_co(life.fresh, by=life.centre("dispatcher"))
    life.told.add("helped")


def give_help(life: "Life") -> None:
    if "helped" not in life.told:
        return
    life.told.discard("helped")
    seat = life.fresh.seats.get(role="co", closed=None)
    words = "已派两人到场配合，劝离后守到收摊时间。"
    co.answer_co(life.order, words=words, by=in_unit(seat.unit_id, "handler"))


def second_caller(life: "Life") -> None:
    """Another citizen calls about the same thing: two appeals, one order that goes on for both."""
    taker, old = life.centre("call_taker"), life.fresh
    phone = f"199{life.rng.randrange(10**8):08d}"
    twin = take_down(
        Appeal(
            source=old.source,
            title=old.title,
            content=f"另一位居民来电反映同一情况：{old.content}",
            kind=old.kind,
            demand=old.demand,
            occurred_at=clock.now(),
            category=old.category,
            region=old.region,
            street=old.street,
            address=old.address,
            appellant=take_in(name="李试乙", phone=phone, by=taker),
        ),
        by=taker,
    )
    accept.accept(twin, by=taker)
    links.merge(twin, master=old, reason="同一地点同一事项", by=life.centre("dispatcher"))


def watch(life: "Life") -> None:
    inspector = life.rng.choice(holders("inspector"))
    pairs.supervise(life.fresh, reason="诉求人多次来电，跟到办结", by=inspector)


def own_word(life: "Life", *, bad: bool) -> None:
    """Who came by the web answers there too; it verifies nothing."""
    level = "不满意" if bad else life.rng.choice(["满意", "满意", "基本满意"])
    answer_own(
        life.fresh,
        solved="no" if bad else "yes",
        efficiency=level,
        attitude="满意",
        result=level,
        by=portal.BY,
    )

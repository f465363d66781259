"""Invented customers: the same ones on every installation."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

import msgspec

from api.demonstration.operator import BRANCHES, login_of
from engine.domain import commands as c

COUNT: Final = 200
_SEED: Final = 20_240_501
#: How many of each class; the rest is class C.
_A, _B = 24, 64

_FIRST: Final = [
    "澜石",
    "云岫",
    "青砚",
    "赤汀",
    "鹿栖",
    "望屿",
    "听涛",
    "长汐",
    "扶岚",
    "沐野",
    "石榴湾",
    "白汀",
    "松间",
    "远岫",
    "星槎",
    "玉漪",
    "栖砚",
    "知微",
]
_SECOND: Final = [
    "精密制造",
    "新能源",
    "生物制药",
    "食品",
    "纺织",
    "物流",
    "冷链",
    "建材",
    "船舶配套",
    "电子",
    "纸业",
    "港务",
    "文旅",
    "传媒",
    "检测",
    "农业科技",
    "金属",
    "光学",
    "软件",
    "职业学院",
    "人民医院",
    "商业银行",
    "保险经纪",
    "供水",
]
_PUBLIC: Final = frozenset({"职业学院", "人民医院", "商业银行"})
_FAMILY: Final = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许"
_GIVEN: Final = [
    "建国",
    "海燕",
    "志强",
    "丽华",
    "晓东",
    "文静",
    "国栋",
    "雪梅",
    "立群",
    "佩珊",
    "振宇",
    "思雨",
    "向阳",
    "玉兰",
    "浩然",
    "欣怡",
]
_STREETS: Final = [
    "望江路",
    "文昌街",
    "滨海大道",
    "工业三路",
    "松岭路",
    "渔港街",
    "科创大道",
    "迎宾路",
    "学府路",
    "南湖路",
]
_BUILDINGS: Final = (
    "行政楼",
    "数据机房",
    "1号厂房",
    "科研楼",
    "门诊楼三层",
    "仓储中心",
    "营业大厅",
)
_POSITIONS: Final = ("信息部经理", "网络管理员", "办公室主任", "总经理助理")
_CHANNELS: Final = ("phone", "wechat", "email", "sms")
_AREAS: Final = {
    "dongyu": ("临港区", "屿前街道", "观海新城"),
    "xilu": ("麓山区", "松岭镇", "竹溪街道"),
    "nanbu": ("埠头区", "南湖街道", "盐田镇"),
}


class Customer(msgspec.Struct, frozen=True, kw_only=True):
    """A customer before it is entered.

    Attributes:
        revenue: In yuan a month.
    """

    number: int
    name: str
    grade: str
    branch: str
    is_key_account: bool
    revenue: int
    channel: str
    dnd: bool
    area: str
    address: str
    contacts: tuple[tuple[str, str, str], ...]
    contract_on: date | None

    @property
    def code(self) -> str:
        """Customer number."""
        return f"YC{self.number:05d}"


def customers(today: date) -> tuple[Customer, ...]:
    """All customers; only the dates of contracts depend on the day."""
    rng = random.Random(_SEED)  # noqa: S311 - the same data every time
    names = [f"{first}{second}" for first in _FIRST for second in _SECOND]
    rng.shuffle(names)
    return tuple(_customer(rng, number, names[number], today) for number in range(COUNT))


def _customer(rng: random.Random, number: int, name: str, today: date) -> Customer:
    grade = "A" if number < _A else "B" if number < _A + _B else "C"
    branch = BRANCHES[number % len(BRANCHES)]
    area = rng.choice(_AREAS[branch])
    suffix = "" if any(name.endswith(kind) for kind in _PUBLIC) else "有限公司"
    least, most = {"A": (80, 400), "B": (20, 80), "C": (2, 20)}[grade]
    count = {"A": 3, "B": 2, "C": 1}[grade]
    return Customer(
        number=number + 1,
        name=f"{name}{suffix}",
        grade=grade,
        branch=branch,
        is_key_account=grade != "C",
        revenue=rng.randint(least, most) * 1000,
        channel=rng.choice(_CHANNELS),
        dnd=rng.random() < 0.1,  # noqa: PLR2004 - one in ten
        area=area,
        address=f"{area}{rng.choice(_STREETS)}{rng.randint(1, 399)}号",
        contacts=tuple(
            (_person(rng), rng.choice(_POSITIONS), _phone(number * 10 + index))
            for index in range(count)
        ),
        contract_on=today - timedelta(days=rng.randint(60, 900)) if grade != "C" else None,
    )


def _person(rng: random.Random) -> str:
    return rng.choice(_FAMILY) + rng.choice(_GIVEN)


def _phone(number: int) -> str:
    """A number nobody has: area code 0600 is not assigned to any place."""
    return f"0600-2{number:07d}"


def site(customer: Customer, rng: random.Random) -> str:
    """A place of the customer a line may lead to."""
    return f"{customer.area}{rng.choice(_STREETS)}{rng.randint(1, 399)}号{rng.choice(_BUILDINGS)}"


def save(customer: Customer) -> c.SaveCustomer:
    """Enter the customer."""
    return c.SaveCustomer(
        code=customer.code,
        name=customer.name,
        grade=customer.grade,
        unit=customer.branch,
        is_key_account=customer.is_key_account,
        monthly_revenue=customer.revenue,
        dnd=customer.dnd,
        channel=customer.channel,
        manager=login_of("sales", customer.branch),
        address=customer.address,
    )


def belongings(customer: Customer, customer_id: int) -> Iterator[c.Command]:
    """Contacts and the contract of an entered customer."""
    for index, (name, position, phone) in enumerate(customer.contacts):
        yield c.SaveContact(
            customer_id=customer_id,
            name=name,
            phone=phone,
            email=f"contact{index + 1}@{customer.code.lower()}.example",
            position=position,
        )
    if customer.contract_on is not None:
        yield c.SaveContract(
            customer_id=customer_id,
            number=f"HT{customer.contract_on:%Y}-{customer.number:04d}",
            signed_on=customer.contract_on,
            term_months=36 if customer.grade == "A" else 24,
            monthly_fee=float(customer.revenue),
            install_fee=5000.0,
        )

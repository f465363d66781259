"""The invented operator: units, people and what they may do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from engine.domain import commands as c
from engine.domain import seed

#: Password of everybody in the demonstration; documented, and never used anywhere else.
PASSWORD: Final = "yunchuan-demo"  # noqa: S105 - guards nothing but invented data
#: Created last: an installation without an administrator was not set up completely.
ADMINISTRATOR: Final = "admin"
ROOT: Final = "hq"
BRANCHES: Final = ("dongyu", "xilu", "nanbu")


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who works at the operator.

    Attributes:
        desk: Code of the unit the person belongs to.
        roles: Roles, held at the branch or at headquarters.
        task: What the person does, Chinese and English.
    """

    login: str
    name: str
    desk: str
    roles: tuple[str, ...]
    task: tuple[str, str]
    language: str = "zh"

    @property
    def branch(self) -> str:
        """Code of the branch, or of headquarters."""
        return self.desk.partition("-")[0]


_BRANCH_NAMES: Final = {
    "dongyu": ("东屿分公司", "Dongyu branch"),
    "xilu": ("西麓分公司", "Xilu branch"),
    "nanbu": ("南埠分公司", "Nanbu branch"),
}
_DESKS: Final = (
    ("lead", "综合管理部", "Management", "department", None),
    ("sales", "政企业务部", "Enterprise sales", "department", None),
    ("accounts", "大客户组", "Key-account desk", "desk", None),
    ("service", "客服中心", "Service desk", "desk", "cn_service_desk"),
    ("network", "网络部", "Network department", "department", None),
    ("build", "工程部", "Construction department", "department", None),
)
_HEADQUARTERS_DESKS: Final = (
    ("care", "大客户服务部", "Key-account service", "department", None),
    ("stock", "设备物资部", "Equipment and supplies", "department", None),
    ("it", "信息技术部", "Information technology", "department", None),
)
_TASKS: Final = {
    "manager": ("分管领导", "manager"),
    "supervisor": ("大客户主管", "supervisor"),
    "key_account_desk": ("大客户专员", "key-account desk"),
    "sales": ("客户经理", "account manager"),
    "agent": ("受理座席", "service agent"),
    "call_back": ("回访专员", "call-back"),
    "network": ("网络工程师", "network engineer"),
    "line": ("线路工程师", "line engineer"),
    "construction": ("施工班长", "construction"),
    "billing": ("计费专员", "billing"),
    "hq_desk": ("总部大客户专席", "headquarters desk"),
    "hq_equipment": ("总部设备管理", "equipment at headquarters"),
    "operator": ("系统运维", "operations"),
    "auditor": ("稽核", "audit"),
    "process_owner": ("流程负责人", "process owner"),
    "integration": ("计费接口", "billing interface"),
    "admin": ("系统管理员", "administrator"),
}
#: Desk, name, login and roles; the first role gives the task.
_STAFF: Final = (
    ("dongyu-lead", "陆明远", "lumingyuan", ("manager",)),
    ("dongyu-accounts", "沈若兰", "shenruolan", ("supervisor",)),
    ("dongyu-accounts", "顾晓彤", "guxiaotong", ("key_account_desk",)),
    ("dongyu-accounts", "秦子昂", "qinziang", ("key_account_desk",)),
    ("dongyu-sales", "方志恒", "fangzhiheng", ("sales",)),
    ("dongyu-sales", "于婧", "yujing", ("billing",)),
    ("dongyu-service", "白露", "bailu", ("agent",)),
    ("dongyu-service", "孟繁星", "mengfanxing", ("call_back",)),
    ("dongyu-network", "韩卓然", "hanzhuoran", ("network", "responsible_dept")),
    ("dongyu-network", "石磊", "shilei", ("line", "responsible_dept")),
    ("dongyu-build", "郭大江", "guodajiang", ("construction",)),
    ("xilu-lead", "贺长青", "hechangqing", ("manager",)),
    ("xilu-accounts", "苏婉清", "suwanqing", ("supervisor",)),
    ("xilu-accounts", "叶知秋", "yezhiqiu", ("key_account_desk",)),
    ("xilu-sales", "段誉衡", "duanyuheng", ("sales", "billing")),
    ("xilu-service", "江小满", "jiangxiaoman", ("agent",)),
    ("xilu-service", "温如玉", "wenruyu", ("call_back",)),
    ("xilu-network", "程峻", "chengjun", ("network", "responsible_dept")),
    ("xilu-build", "罗铁山", "luotieshan", ("construction", "line")),
    ("nanbu-lead", "崔景行", "cuijingxing", ("manager",)),
    ("nanbu-accounts", "夏以宁", "xiayining", ("supervisor",)),
    ("nanbu-accounts", "黎安", "lian", ("key_account_desk",)),
    ("nanbu-sales", "邱实", "qiushi", ("sales", "billing")),
    ("nanbu-service", "卢佳音", "lujiayin", ("agent",)),
    ("nanbu-service", "姚思远", "yaosiyuan", ("call_back",)),
    ("nanbu-network", "任可为", "renkewei", ("network", "responsible_dept")),
    ("nanbu-build", "马成功", "machenggong", ("construction", "line")),
    ("hq-care", "孔昭然", "kongzhaoran", ("manager", "supervisor")),
    ("hq-care", "唐静仪", "tangjingyi", ("hq_desk",)),
    ("hq-stock", "邵文博", "shaowenbo", ("hq_equipment",)),
    ("hq-it", "徐行", "xuxing", ("operator",)),
    ("hq-care", "钟正", "zhongzheng", ("auditor",)),
    ("hq-care", "梁绘", "lianghui", ("process_owner",)),
    ("hq-it", "计费系统", "billing-system", ("integration",)),
    ("hq-it", "管理员", ADMINISTRATOR, ("admin",)),
)
STAFF: Final = tuple(
    Member(
        login=login,
        name=name,
        desk=desk,
        roles=roles,
        task=_TASKS[roles[0]],
        language="en" if login == "lianghui" else "zh",
    )
    for desk, name, login, roles in _STAFF
)
#: Whom a newcomer signs in as to see the product from each side.
TYPICAL: Final = ("guxiaotong", "hanzhuoran", "shenruolan", "lumingyuan", "tangjingyi", "xuxing")


def by_login(login: str) -> Member:
    """The member with this login."""
    return next(member for member in STAFF if member.login == login)


def login_of(role: str, branch: str) -> str:
    """Who holds a role at a branch; of several the first."""
    return next(
        member.login for member in STAFF if member.branch == branch and role in member.roles
    )


def set_up() -> Iterator[c.Command]:
    """Calendars and tables every installation starts with."""
    for calendar in seed.calendars():
        yield c.SaveCalendar(data=msgspec.to_builtins(calendar))
    yield c.SavePolicies(
        policies=msgspec.to_builtins(seed.sla_policies()),
        rules=msgspec.to_builtins(seed.escalation_rules()),
        reasons=msgspec.to_builtins(seed.hold_reasons()),
    )


def units() -> Iterator[c.SaveUnit]:
    """The tree, from the root down."""
    yield c.SaveUnit(
        code=ROOT,
        name="云川电信集团大客户中心(演示)",
        name_en="Yunchuan Telecom enterprise-customer centre (demonstration)",
        kind="headquarters",
        calendar="cn_office",
    )
    yield from _desks(ROOT, _HEADQUARTERS_DESKS)
    for code in BRANCHES:
        name, name_en = _BRANCH_NAMES[code]
        yield c.SaveUnit(code=code, name=name, name_en=name_en, kind="branch", parent=ROOT)
        yield from _desks(code, _DESKS)


def _desks(
    parent: str, desks: tuple[tuple[str, str, str, str, str | None], ...]
) -> Iterator[c.SaveUnit]:
    for code, name, name_en, kind, calendar in desks:
        yield c.SaveUnit(
            code=f"{parent}-{code}",
            name=name,
            name_en=name_en,
            kind=kind,
            parent=parent,
            calendar=calendar,
        )


def person(member: Member) -> Iterator[c.Command]:
    """A person with the roles of the task."""
    yield c.SavePerson(
        login=member.login,
        name=member.name,
        unit=member.desk,
        language=member.language,
        email=f"{member.login}@yunchuan.example",
        password=PASSWORD,
    )
    yield c.GrantRoles(
        login=member.login, grants=tuple((role, member.branch) for role in member.roles)
    )

"""What is left of personal data when they are covered."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.masking import masked_email, masked_phone, masked_text


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("13812346021", "138****6021"), ("+86 138-1234-6021", "138****6021"),
        ("021-55550123", "021****0123"), ("10086", "****86"),
        ("55550123", "****23"), ("110", "****"),
        ("", ""), ("ext", "****"),
    ],
)  # fmt: skip
def test_a_telephone_number(phone, shown):
    assert masked_phone(phone) == shown


@pytest.mark.parametrize(
    ("email", "shown"),
    [("liqiang@example.com", "l****@example.com"), ("a@b", "a****@b"), ("x", "****"), (None, None),
     ("", "")],
)  # fmt: skip
def test_an_address(email, shown):
    assert masked_email(email) == shown


@given(st.text("0123456789 -+()", max_size=20))
def test_at_least_a_digit_of_a_number_is_covered(phone):
    digits = sum(sign.isdigit() for sign in phone)
    shown = sum(sign.isdigit() for sign in masked_phone(phone))
    assert shown <= (digits - 3 if digits > 4 else 0)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("请拨13812346021联系", "请拨138****6021联系"),
        ("Call 138 1234 6021.", "Call 138****6021."),
        ("+86-13812346021、0571-88886666", "138****6021、057****6666"),
        ("给 li.qiang@example.com.cn 发邮件", "给 l****@example.com.cn 发邮件"),
        # Numbers of orders, circuits, amounts and days are none of a person.
        ("GD20261118000069 于 2026-11-20 17:18 到期", "GD20261118000069 于 2026-11-20 17:18 到期"),
        ("电路 ZX-13812346021，合同 138123460211", "电路 ZX-13812346021，合同 138123460211"),
        ("@li.desk 金额 1380000.00 元", "@li.desk 金额 1380000.00 元"),
    ],
)
def test_what_people_wrote_is_shown_without_numbers_and_addresses(text, shown):
    assert masked_text(text) == shown

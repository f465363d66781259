"""What is left of personal data when they are covered."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.masking import masked_email, masked_phone


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

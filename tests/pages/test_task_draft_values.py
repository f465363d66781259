"""Values of a draft: what does not fit is left out, everything else stays."""

import pytest

from forms.pages.tasks.drafts import without

VALUES = {"a": 1, "rows": [{"n": 1, "m": 2}, {"n": 3}], "inside": {"x": 1, "y": 2}, "list": [1, 2]}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("a", {"rows": VALUES["rows"], "inside": VALUES["inside"], "list": [1, 2]}),
        ("rows.1.n", {**VALUES, "rows": [{"n": 1, "m": 2}, {}]}),
        ("inside.x", {**VALUES, "inside": {"y": 2}}),
        ("list.1", {"a": 1, "rows": VALUES["rows"], "inside": VALUES["inside"]}),
        ("rows.7.n", {"a": 1, "inside": VALUES["inside"], "list": [1, 2]}),
        ("unknown", VALUES),
        ("a.b", {"rows": VALUES["rows"], "inside": VALUES["inside"], "list": [1, 2]}),
        ("", VALUES),
    ],
)
def test_only_what_does_not_fit_is_left_out(path, expected):
    before = {**VALUES}
    assert without(VALUES, [path]) == expected
    assert before == VALUES

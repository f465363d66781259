"""The forms of the drawn processes: used, in both languages, and asking for what is mandatory."""

import json
import re
from collections import Counter
from zoneinfo import ZoneInfo

import pytest

from forms.definitions import all_forms, form
from forms.diagnosis import diagnose
from tests.unit.bpmn.drawing import CAMUNDA, DIAGRAMS, drawing

#: Forms the engine itself asks with; no diagram names them.
BUILT_IN = {"supervise", "approve_extension", "sign"}
CHINESE = re.compile(r"[\u4e00-\u9fff]")
SHANGHAI = ZoneInfo("Asia/Shanghai")

#: Mandatory fields by form. Source: the operator's provisioning and complaint regulations.
MANDATORY = {
    "start_provisioning": {"customer_id", "contract_no", "service_type", "a_address", "bandwidth"},
    "file_contract": {"filing_no", "signed_on"},
    "resource_survey": {"feasible"},
    "allocate_ip": {"ipv4_block"},
    "request_equipment": {"model", "quantity", "in_stock"},
    "request_line": {"line_source", "technology"},
    "prepare_construction": {"crew", "appointment_at", "appointment_contact"},
    "construct": {"started_at", "ended_at", "construct_result"},
    "commission": {"loss_percent", "delay_ms", "throughput_mbps", "test_result"},
    "complete": {"accepted_by", "accepted_at"},
    "start_complaint": {"customer_id", "channel", "category", "description", "severity"},
    "manager_instruction": {"instruction"},
    "handle_at_desk": {"first_contact_at", "can_solve"},
    "dept_handle": {"cause", "measure", "dept_result"},
    "reply_user": {"reply_text", "reply_channel", "replied_at"},
    "call_back": {"score", "solved"},
    "review_liability": {"company_liable", "liability_rule", "liability_evidence"},
    "follow_up_visit": {"visit_method", "met_whom", "usage", "suggestions", "visit_score"},
    "supervise": {"finding", "instruction"},
    "approve_extension": {"approved", "comment"},
    "sign": {"approved", "objection"},
}


def components(key):
    """All components of a form, those of groups and lists included."""
    waiting = [*json.loads(form(key))["components"]]
    while waiting:
        component = waiting.pop()
        waiting += component.get("components", [])
        yield component


def test_every_form_is_used_and_every_used_form_exists():
    drawn = {
        element.get(f"{CAMUNDA}formKey")
        for name in DIAGRAMS
        for element in drawing(name).find("//*[@camunda:formKey]")
    }
    assert set(all_forms()) == drawn | BUILT_IN


def test_unknown_form_is_refused():
    with pytest.raises(FileNotFoundError):
        form("../__init__")


@pytest.mark.parametrize("key", all_forms())
class TestForm:
    def test_it_has_no_finding(self, key):
        assert diagnose(form(key), f"{key}.json", SHANGHAI) == ()

    def test_its_id_is_its_key_and_its_name_is_in_both_languages(self, key):
        definition = json.loads(form(key))
        assert definition["id"] == key
        assert CHINESE.search(definition["name"])
        assert definition["properties"]["name:en"]

    def test_everything_shown_is_in_both_languages(self, key):
        for component in components(key):
            own = component.get("properties", {})
            for shown in ("label", "description", "text"):
                if shown in component and component["type"] != "separator":
                    english = own[f"{shown}:en"]
                    assert component[shown] and english
                    assert not CHINESE.search(english), english
            for option in component.get("values", []):
                assert option["label"] and option["label:en"]
                assert not CHINESE.search(option["label:en"])
            if "patternErrorMessage" in component.get("validate", {}):
                assert own["patternErrorMessage:en"]

    def test_values_have_one_place_each(self, key):
        inside = {
            inner["key"]
            for component in components(key)
            if component["type"] == "dynamiclist"
            for inner in component["components"]
        }
        keys = Counter(c["key"] for c in components(key) if "key" in c)
        assert not [name for name, uses in keys.items() if uses > 1 and name not in inside]

    def test_texts_and_numbers_are_bounded(self, key):
        for component in components(key):
            rules = component.get("validate", {})
            if component["type"] in {"textfield", "textarea"}:
                assert rules["maxLength"] <= 5000
            elif component["type"] == "number" and not component.get("readonly"):
                assert rules["min"] < rules["max"]


@pytest.mark.parametrize("key", MANDATORY)
def test_mandatory_fields_are_mandatory(key):
    required = {
        component["key"]
        for component in components(key)
        if component.get("validate", {}).get("required")
    }
    assert required >= MANDATORY[key]

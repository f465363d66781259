import hashlib
import hmac
import json
import socket
from ipaddress import ip_address

import msgspec
import pytest

from engine.notify.webhook import (
    AddressRefusedError,
    AddressRules,
    WebhookChannel,
    WebhookSettings,
    endpoint_secret,
)
from engine.notify.webhook.address import check_resolved, parse_target, resolve
from engine.ports.outbound import DeliveryError
from tests.integration.notify.support import (
    AUTHORITY,
    NOW,
    StandingClock,
    dripping_server,
    http_server,
    message,
)

MASTER = b"secret of the installation"
LOOPBACK = AddressRules(networks=("127.0.0.0/8",), allow_plain=True)
STRICT = AddressRules()


def channel(rules=LOOPBACK, resolver=resolve, **values):
    settings = WebhookSettings(secret=MASTER, rules=rules, ca_file=AUTHORITY, **values)
    return WebhookChannel(settings, StandingClock(), resolver)


def refusal(address, **values):
    with pytest.raises(DeliveryError) as error:
        channel(**values).deliver(message(address))
    return error.value


def test_posts_the_event_as_json():
    with http_server() as server:
        address = f"http://127.0.0.1:{server.port}/hooks/1?tenant=a"
        channel().deliver(message(address))
    ((method, path, headers, body),) = server.requests
    assert (method, path) == ("POST", "/hooks/1?tenant=a")
    assert headers["Host"] == f"127.0.0.1:{server.port}"
    assert headers["Content-Type"] == "application/json"
    assert headers["Gongdan-Event-Id"] == "evt-17.2"
    assert json.loads(body) == {
        "event_id": "evt-17.2",
        "kind": "task.escalated",
        "language": "zh",
        "subject": "工单超时",
        "text": "工单 W-1 已超时。\n请督促处理。",
        "payload": {"work_order": "W-1", "level": 2},
    }


def test_the_receiver_can_verify_sender_and_age():
    with http_server() as server:
        address = f"http://127.0.0.1:{server.port}/"
        channel().deliver(message(address))
    _, _, headers, body = server.requests[0]
    parts = dict(part.split("=") for part in headers["Gongdan-Signature"].split(","))
    assert int(parts["t"]) == int(NOW.timestamp())
    secret = endpoint_secret(MASTER, address).encode()
    expected = hmac.new(secret, parts["t"].encode() + b"." + body, hashlib.sha256).hexdigest()
    assert hmac.compare_digest(parts["v1"], expected)


def test_every_endpoint_has_its_own_secret():
    one, other = (
        endpoint_secret(MASTER, f"https://{host}/") for host in ("a.example", "b.example")
    )
    assert one != other
    assert one != endpoint_secret(b"another installation", "https://a.example/")


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_any_success_takes_the_message(status):
    with http_server(status) as server:
        channel().deliver(message(f"http://127.0.0.1:{server.port}/"))
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("status", "retry"),
    [(500, True), (503, True), (408, True), (425, True), (429, True), (400, False), (404, False),
     (410, False), (401, False)],
)  # fmt: skip
def test_other_answers_fail_for_now_or_for_good(status, retry):
    with http_server(status) as server:
        error = refusal(f"http://127.0.0.1:{server.port}/")
    assert error.retry is retry
    assert str(status) in error.reason
    assert len(server.requests) == 1


def test_redirects_are_not_followed():
    with http_server() as inner:
        headers = [("Location", f"http://127.0.0.1:{inner.port}/secret")]
        with http_server(307, headers=headers) as outer:
            error = refusal(f"http://127.0.0.1:{outer.port}/")
    assert error.retry is False
    assert inner.requests == []


def test_proxies_of_the_environment_are_not_used(monkeypatch):
    with http_server() as proxy, http_server() as server:
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
        channel().deliver(message(f"http://127.0.0.1:{server.port}/"))
    assert proxy.requests == []


def test_a_server_that_is_not_there_is_tried_again_later():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        assert refusal(f"http://127.0.0.1:{unused.getsockname()[1]}/").retry is True


def test_a_server_that_does_not_answer_is_given_up_in_time():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        error = refusal(f"http://127.0.0.1:{silent.getsockname()[1]}/", timeout_seconds=0.2)
    assert error.retry is True


def test_a_server_that_drips_is_given_up_in_time():
    with dripping_server() as server:
        error = refusal(f"http://127.0.0.1:{server.port}/", timeout_seconds=5, total_seconds=0.3)
    assert error.retry is True


def test_an_unknown_name_is_tried_again_later():
    def unknown(_host, _port):
        raise socket.gaierror(socket.EAI_NONAME, "unknown name")

    assert refusal("https://hooks.example.com/", resolver=unknown).retry is True
    assert refusal("https://hooks.example.com/", resolver=lambda *_: []).retry is True


def test_the_name_is_verified_though_the_address_is_called():
    def here(_host, _port):
        return [ip_address("127.0.0.1")]

    with http_server(tls=True) as server:
        channel(resolver=here).deliver(message(f"https://hooks.example.com:{server.port}/x"))
        assert server.requests[0][2]["Host"] == f"hooks.example.com:{server.port}"
        error = refusal(f"https://other.example.com:{server.port}/x", resolver=here)
    assert error.retry is True
    assert "certificate" in error.reason.lower()
    assert len(server.requests) == 1


def test_an_unknown_authority_is_not_trusted():
    settings = WebhookSettings(secret=MASTER, rules=LOOPBACK)
    with http_server(tls=True) as server, pytest.raises(DeliveryError):
        WebhookChannel(settings, StandingClock()).deliver(
            message(f"https://localhost:{server.port}/")
        )
    assert server.requests == []


def test_the_next_address_is_tried_when_one_does_not_answer():
    with http_server() as server:
        addresses = [ip_address("127.0.0.2"), ip_address("127.0.0.1")]
        channel(resolver=lambda *_: addresses).deliver(
            message(f"http://hooks.example.com:{server.port}/")
        )
    assert len(server.requests) == 1


PRIVATE = [
    "127.0.0.1",
    "127.1.2.3",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",  # noqa: S104 - to be refused
    "224.0.0.1",
    "239.255.255.250",
    "255.255.255.255",
    "192.0.2.1",
    "::1",
    "::",
    "fe80::1",
    "fc00::1",
    "fec0::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "2001:0:7f00:1::",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_no_address_inside_is_called(address):
    with pytest.raises(AddressRefusedError):
        check_resolved([ip_address(address)], STRICT)
    with pytest.raises(AddressRefusedError):
        check_resolved([ip_address("1.1.1.1"), ip_address(address)], STRICT)
    error = refusal("https://hooks.example.com/", rules=STRICT,
                    resolver=lambda *_: [ip_address(address)])  # fmt: skip
    assert error.retry is False


def test_public_addresses_are_called():
    check_resolved([ip_address("1.1.1.1"), ip_address("2606:4700::1111")], STRICT)


@pytest.mark.parametrize(
    "host",
    ["2130706433", "0x7f000001", "0x7f.1", "017700000001", "127.1", "localhost", "[::1]",
     "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "127.0.0.1", "0"],
)  # fmt: skip
def test_no_way_of_writing_it_leads_inside(host):
    with http_server() as server:
        rules = AddressRules(allow_plain=True)
        error = refusal(f"http://{host}:{server.port}/", rules=rules)
    assert error.retry is False
    assert server.requests == []


def test_the_address_called_is_the_address_checked():
    """A name that answers differently each time is looked up once only."""
    answers = [[ip_address("127.0.0.1")], [ip_address("10.0.0.1")]]
    with http_server() as server:
        channel(resolver=lambda *_: answers.pop(0)).deliver(
            message(f"http://hooks.example.com:{server.port}/")
        )
    assert len(server.requests) == 1
    assert len(answers) == 1


@pytest.mark.parametrize(
    "address",
    [
        "http://hooks.example.com/",
        "ftp://hooks.example.com/",
        "file:///etc/passwd",
        "hooks.example.com/x",
        "//hooks.example.com/x",
        "https:///x",
        "https://",
        "",
        "https://user:secret@hooks.example.com/",
        "https://hooks.example.com:99999/",
        "https://hooks.example.com:x/",
        "https://hooks.example.com/a b",
        "https://hooks.example.com/\r\nX-Injected: 1",
        "https://中国移动.example/",
        "https://[fe80::1%25eth0]/",
        "https://[::1/",
        "https://10.0.0.1/",
        "https://[::1]/",
        "javascript:alert(1)",
    ],
)
def test_an_address_we_do_not_call_is_refused_at_registration(address):
    with pytest.raises(AddressRefusedError):
        parse_target(address, STRICT)
    assert refusal(address, rules=STRICT).retry is False


@pytest.mark.parametrize("host", ["a" * 70 + ".example", ".example", "a..example"])
def test_a_host_that_cannot_be_looked_up_is_a_dead_letter_or_unknown(host):
    error = refusal(f"https://{host}/", rules=STRICT)
    assert "Traceback" not in error.reason


def test_an_event_id_cannot_inject_headers():
    with http_server() as server:
        sent = message(f"http://127.0.0.1:{server.port}/", event_id="1\r\nX-Injected: 1")
        with pytest.raises(DeliveryError) as error:
            channel().deliver(sent)
    assert error.value.retry is False
    assert server.requests == []


def test_a_network_that_is_none_is_refused_at_once():
    with pytest.raises(ValueError, match="does not appear"):
        AddressRules(networks=("10.0.0.0/99",))


def test_targets_are_taken_apart():
    target = parse_target("HTTPS://Hooks.Example.com/a?b=c#d", STRICT)
    assert msgspec.structs.astuple(target) == (
        True,
        "hooks.example.com",
        443,
        "hooks.example.com",
        "/a?b=c",
    )

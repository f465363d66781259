import email
import re
import socket
from contextlib import contextmanager
from email.policy import default

import msgspec
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from lxml import html

from engine.notify.mail import MailChannel, MailSettings
from engine.ports.outbound import DeliveryError, Passage
from tests.integration.notify.support import AUTHORITY, StandingClock, message, server_tls

SENDER = "desk@telecom.example"


class Mailbox:
    """Keeps what it is sent; may answer with something else than 250 to a command."""

    def __init__(self, **answers):
        self.envelopes = []
        self.answers = answers

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802 - aiosmtpd's name
        envelope.mail_from = address
        return self.answers.get("mail", "250 OK")

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 - aiosmtpd's name
        envelope.rcpt_tos.append(address)
        return self.answers.get("rcpt", "250 OK")

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
        self.envelopes.append(envelope)
        return self.answers.get("data", "250 OK")

    async def handle_QUIT(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
        return self.answers.get("quit", "221 Bye")

    def only_mail(self):
        (envelope,) = self.envelopes
        return email.message_from_bytes(envelope.content, policy=default)


class TlsController(Controller):
    """Speaks TLS from the first byte."""

    def _trigger_server(self):
        """Readiness check: the context of the base cannot act as a client."""
        socket.create_connection((self.hostname, self.port)).close()


@contextmanager
def smtp_server(mailbox, *, controller=Controller, **values):
    running = controller(mailbox, hostname="127.0.0.1", port=free_port(), **values)
    running.start()
    try:
        yield running.port
    finally:
        running.stop()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def channel(port, security="none", **values):
    settings = MailSettings(
        host="localhost",
        port=port,
        sender=SENDER,
        sender_name='工单 Desk, "A"',
        security=security,
        ca_file=AUTHORITY,
    )
    return MailChannel(msgspec.structs.replace(settings, **values), StandingClock())


def test_a_mail_arrives_in_the_language_of_its_reader():
    mailbox = Mailbox()
    with smtp_server(mailbox) as port:
        channel(port).deliver(message("li@telecom.example"))
    (envelope,) = mailbox.envelopes
    assert (envelope.mail_from, envelope.rcpt_tos) == (SENDER, ["li@telecom.example"])
    mail = mailbox.only_mail()
    assert mail["Subject"] == "工单超时"
    assert mail["To"] == "li@telecom.example"
    assert mail["From"].addresses[0].addr_spec == SENDER
    assert mail["From"].addresses[0].display_name == '工单 Desk, "A"'
    assert mail["Content-Language"] == "zh-CN"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"].datetime == StandingClock().now()
    assert mail.get_content().splitlines() == ["工单 W-1 已超时。", "请督促处理。"]


PASSAGES = (
    Passage(
        heading="W-1  <b>东城</b> & Söhne", lines=("11-23 09:00  催单", "second"), path="/orders/5"
    ),
    Passage(lines=("另有 3 条。",), path="/notifications"),
)


@pytest.mark.parametrize(
    ("desk_url", "links"),
    [
        ("", []),
        (
            "https://desk.example",
            [
                "https://desk.example/orders/5",
                "https://desk.example/notifications",
                "https://desk.example/me#me-choices",
            ],
        ),
    ],
)
def test_a_letter_says_the_same_plainly_and_as_a_page(desk_url, links):
    mailbox = Mailbox()
    letter = message("li@telecom.example", text="", passages=PASSAGES)
    with smtp_server(mailbox) as port:
        channel(port, desk_url=desk_url).deliver(letter)
    mail = mailbox.only_mail()
    assert mail.get_content_type() == "multipart/alternative"
    assert mail["Content-Language"] == "zh-CN"
    assert mail["List-Id"] == "<notices.telecom.example>"
    assert mail["List-Unsubscribe"] == (f"<{links[-1]}>" if links else None)
    plain = mail.get_body(("plain",)).get_content()
    page = html.fromstring(mail.get_body(("html",)).get_content())
    for text in ("工单超时", "W-1  <b>东城</b> & Söhne", "second", "另有 3 条。"):
        assert text in plain
        assert " ".join(text.split()) in " ".join(page.text_content().split())
    assert re.findall(r"https?://\S+", plain) == links
    assert page.xpath("//@href") == links
    assert page.get("lang") == "zh-CN"
    # Nothing is fetched, and nobody learns who reads it when.
    assert page.xpath("//@src | //style | //link | //script") == []
    assert page.xpath("//b") == []


@pytest.mark.parametrize(("language", "header"), [("en", "en"), ("zh", "zh-CN"), ("", None)])
def test_a_mail_names_its_language(language, header):
    mailbox = Mailbox()
    with smtp_server(mailbox) as port:
        channel(port).deliver(message("li@telecom.example", language=language))
    assert mailbox.only_mail()["Content-Language"] == header


def test_a_repetition_has_the_same_message_id():
    mailbox = Mailbox()
    with smtp_server(mailbox) as port:
        for event_id in ("evt-17.2", "evt-17.2", "evt-18", "17 <x>\r\n"):
            channel(port).deliver(message("li@telecom.example", event_id=event_id))
    ids = [
        email.message_from_bytes(envelope.content, policy=default)["Message-ID"]
        for envelope in mailbox.envelopes
    ]
    assert ids[0] == ids[1] == "<evt-17.2@telecom.example>"
    assert len(set(ids)) == 3
    assert all(line.endswith("@telecom.example>") and " " not in line for line in ids)


def test_text_cannot_become_headers():
    mailbox = Mailbox()
    with smtp_server(mailbox) as port:
        channel(port).deliver(
            message("li@telecom.example", subject="a\r\nBcc: x@evil.example\r\n\r\nb\x00\u2028c")
        )
    assert mailbox.only_mail()["Subject"] == "a Bcc: x@evil.example b c"
    assert mailbox.only_mail()["Bcc"] is None
    assert mailbox.envelopes[0].rcpt_tos == ["li@telecom.example"]


def test_a_line_with_a_dot_does_not_end_the_mail():
    mailbox = Mailbox()
    with smtp_server(mailbox) as port:
        channel(port).deliver(message("li@telecom.example", text="a\n.\nQUIT\n" + "x" * 5000))
    assert mailbox.only_mail().get_content().splitlines() == ["a", ".", "QUIT", "x" * 5000]


@pytest.mark.parametrize(
    "address",
    [
        "",
        "li",
        "@telecom.example",
        "li@",
        "li@a, wang@b",
        "Li <li@telecom.example>",
        "li@telecom.example\r\nBcc: x@evil.example",
        "li@telecom.example\n",
        "li(comment)@telecom.example",
        " li@telecom.example",
        "李@telecom.example",
        "li@@telecom.example",
        '"a\r\nb"@telecom.example',
    ],
)
def test_what_is_not_one_address_is_a_dead_letter(address):
    with pytest.raises(DeliveryError) as error:
        channel(free_port()).deliver(message(address))
    assert error.value.retry is False


def test_a_sender_that_is_no_address_is_refused_at_once():
    with pytest.raises(DeliveryError):
        channel(25, sender="desk")


@pytest.mark.parametrize("command", ["mail", "rcpt", "data"])
@pytest.mark.parametrize(("code", "retry"), [("451", True), ("550", False)])
def test_the_server_says_whether_to_try_again(command, code, retry):
    mailbox = Mailbox(**{command: f"{code} no, sorry"})
    with smtp_server(mailbox) as port, pytest.raises(DeliveryError) as error:
        channel(port).deliver(message("li@telecom.example"))
    assert error.value.retry is retry
    assert code in error.value.reason
    assert "no, sorry" in error.value.reason


def test_a_clumsy_farewell_does_not_undo_the_delivery():
    mailbox = Mailbox(quit="500 what?")
    with smtp_server(mailbox) as port:
        channel(port).deliver(message("li@telecom.example"))
    assert len(mailbox.envelopes) == 1


def test_a_server_that_is_not_there_is_tried_again_later():
    with pytest.raises(DeliveryError) as error:
        channel(free_port()).deliver(message("li@telecom.example"))
    assert error.value.retry is True


def test_a_server_that_says_nothing_is_given_up_in_time():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        hasty = channel(silent.getsockname()[1], host="127.0.0.1", timeout_seconds=0.2)
        with pytest.raises(DeliveryError) as error:
            hasty.deliver(message("li@a.example"))
    assert error.value.retry is True


def test_starttls_secures_the_conversation_and_the_login():
    mailbox = Mailbox()

    def check(server, session, envelope, mechanism, login):
        good = session.ssl is not None and login.password == b"pass"
        return AuthResult(success=good, handled=False)

    with smtp_server(
        mailbox, tls_context=server_tls(), auth_required=True, authenticator=check
    ) as port:
        good = channel(port, "starttls", user="desk", password="pass")
        good.deliver(message("li@telecom.example"))
        bad = channel(port, "starttls", user="desk", password="wrong")
        with pytest.raises(DeliveryError) as error:
            bad.deliver(message("li@telecom.example"))
    assert len(mailbox.envelopes) == 1
    assert error.value.retry is True
    assert "wrong" not in error.value.reason


def test_tls_from_the_first_byte():
    mailbox = Mailbox()
    with smtp_server(mailbox, controller=TlsController, ssl_context=server_tls()) as port:
        channel(port, "tls").deliver(message("li@telecom.example"))
    assert len(mailbox.envelopes) == 1


def test_there_is_no_fall_back_to_plain_text():
    mailbox = Mailbox()
    with smtp_server(mailbox) as port, pytest.raises(DeliveryError) as error:
        channel(port, "starttls").deliver(message("li@telecom.example"))
    assert error.value.retry is True
    assert mailbox.envelopes == []


@pytest.mark.parametrize("values", [{"ca_file": None}, {"host": "127.0.0.2"}])
def test_a_server_that_cannot_prove_its_name_gets_nothing(values):
    mailbox = Mailbox()
    with smtp_server(mailbox, tls_context=server_tls()) as port, pytest.raises(DeliveryError):
        channel(port, "starttls", **values).deliver(message("li@telecom.example"))
    assert mailbox.envelopes == []

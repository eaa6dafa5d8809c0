"""Messages to real receivers; what goes wrong is told without a word of the address."""

from __future__ import annotations

import email
import email.policy
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from crawler.watch.alarm import Severity
from crawler.watch.notices import Message
from crawler.watch.send import send, without_address
from tests.crawler.watch.receivers import mail_server, webhook

CANARY = "kanarie-9f2c11aa"
BODY = "ALARM: site: <b>silent</b> & *sad*"
MESSAGE = Message("${ALARM_TO}", "Dateline: 1 alarm", BODY, Severity.ERROR, ())


def test_a_webhook_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with webhook() as hook:
        monkeypatch.setenv("ALARM_TO", f"json://desk:{CANARY}@127.0.0.1:{hook.port}/hook/{CANARY}")
        assert send(MESSAGE) is None
    [taken] = hook.taken
    assert (taken["title"], taken["type"]) == ("Dateline: 1 alarm", "failure")
    assert taken["message"] == BODY


def test_a_mail_is_sent_to_an_address_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "address"
    with mail_server() as (port, mails):
        file.write_text(f"mailto://127.0.0.1:{port}/?from=dateline@news.example&to=desk@news.example\n")
        message = Message(f"file:{file}", "Dateline: 1 over", "over: site: silent", None, ())
        assert send(message) is None
    [mail] = mails
    assert mail.rcpt_tos == ["desk@news.example"]
    assert isinstance(mail.content, bytes)
    parsed = email.message_from_bytes(mail.content, policy=email.policy.default)
    assert parsed["Subject"] == "Dateline: 1 over"
    body = parsed.get_body(("plain",))
    assert body is not None
    assert body.get_content().strip() == "over: site: silent"


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("json://desk:{canary}@127.0.0.1:{port}/{canary}", "the service behind ${ALARM_TO} did not take it"),
        ("json://desk:{canary}@127.0.0.1:1/{canary}", "the service behind ${ALARM_TO} did not take it"),
        ("mailto://{canary}:{canary}@127.0.0.1:1/?from=a@b.example&to=a@b.example", "did not take it"),
        ("nosuch://{canary}", "${ALARM_TO} holds no address that Apprise knows"),
        ("{canary}", "${ALARM_TO} holds no address that Apprise knows"),
        ("", "${ALARM_TO}: the variable ALARM_TO is not set"),
    ],
)
def test_what_goes_wrong_is_told_without_the_address(
    address: str, says: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with webhook() as hook, capture_logs() as logs:
        hook.status = 500
        monkeypatch.setenv("ALARM_TO", address.format(canary=CANARY, port=hook.port))
        problem = send(MESSAGE)
    assert problem is not None
    assert says in problem
    assert CANARY not in problem + caplog.text + str(logs)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    message = Message(f"file:{tmp_path}/none", "", "", None, ())
    assert send(message) == f"file:{tmp_path}/none cannot be read: No such file or directory"


def test_parts_of_an_address_are_hidden_also_unquoted() -> None:
    address = "mailtos://desk:p%40ssw0rd@smtp.example.org/?to=desk@news.example"
    said = "smtp.example.org refused desk with p@ssw0rd (p%40ssw0rd)"
    hidden = without_address(said, address)
    assert "ssw0rd" not in hidden
    assert "smtp" not in hidden

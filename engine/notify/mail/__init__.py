"""Notification by e-mail, handed to an SMTP server."""

from engine.notify.mail.channel import MailChannel, MailSettings

__all__ = ["MailChannel", "MailSettings"]

"""Notification of other systems by a signed HTTP POST."""

from engine.notify.webhook.address import AddressRefusedError, AddressRules
from engine.notify.webhook.channel import WebhookChannel, WebhookSettings
from engine.notify.webhook.signature import endpoint_secret

__all__ = [
    "AddressRefusedError",
    "AddressRules",
    "WebhookChannel",
    "WebhookSettings",
    "endpoint_secret",
]

"""What other machines tell us: inbound mail, and outcomes from providers."""

from kikubari.api.hooks.mail import receive_mail
from kikubari.api.hooks.providers import receive_reports

hook_handlers = [receive_mail, receive_reports]

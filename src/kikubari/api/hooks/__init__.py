"""What other machines tell us: inbound mail, and outcomes from providers."""

from kikubari.api.hooks.mail import receive_mail

hook_handlers = [receive_mail]

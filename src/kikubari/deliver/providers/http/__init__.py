"""Providers that take mail by HTTP: SendGrid, Amazon SES, Postmark."""

from kikubari.deliver.providers.http.opening import open_provider as open_provider
from kikubari.deliver.providers.http.transport import HttpTransport as HttpTransport

"""What providers report by HTTP: verified on the octets as they came, each report taken once."""

from kikubari.deliver.webhooks.contracts import Headers as Headers
from kikubari.deliver.webhooks.contracts import Webhook as Webhook
from kikubari.deliver.webhooks.postmark import PostmarkWebhook as PostmarkWebhook
from kikubari.deliver.webhooks.receiving import WebhookReceipt as WebhookReceipt
from kikubari.deliver.webhooks.receiving import Webhooks as Webhooks
from kikubari.deliver.webhooks.sendgrid import SendGridWebhook as SendGridWebhook
from kikubari.deliver.webhooks.sns import Fetch as Fetch
from kikubari.deliver.webhooks.sns import SnsWebhook as SnsWebhook

"""Kikubari: attentive customer engagement, from the event to the measured message."""

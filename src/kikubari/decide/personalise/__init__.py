"""Liquid and MJML rendering that records every fact it reads."""

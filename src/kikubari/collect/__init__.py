"""The way in: tracking API and file imports."""

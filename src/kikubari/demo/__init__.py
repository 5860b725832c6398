"""The demo shop: UCI Online Retail, completed by marked simulation, as ordinary import files."""

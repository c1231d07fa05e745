"""Selections that several models share."""

CHANNELS = [('distributor', "Distributor"), ('direct', "Direct")]
CUSTOMER_CLASSES = [('key', "Key"), ('ordinary', "Ordinary"), ('potential', "Potential")]

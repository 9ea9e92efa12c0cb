"""Search (QIDO-RS, PS3.18 10.6): which studies, series or instances fit, and what they are."""

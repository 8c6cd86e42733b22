"""WeChat Official Account: what people send it arrives here, and what is answered leaves here."""

"""The languages: one folder each, with gettext catalogues and a lexicon of what people say in it."""

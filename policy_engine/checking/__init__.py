"""The law itself under the lens: what a lawyer reads, and what a look at a whole pack finds."""

"""Why an answer is what it is, why not another, and what if."""

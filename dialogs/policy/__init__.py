"""Questions about the policy itself: found in the scheme and the FAQ, answered with the article, or not covered."""

"""WeChat Pay (API v3): a person's own part paid on a page inside WeChat, and booked when the platform says so."""

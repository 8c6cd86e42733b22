"""WeChat Pay (API v3): the own part paid on a page inside WeChat, and booked once the platform says so."""

"""Web authorization: who looks at a page inside WeChat, for whom it may concern."""

"""How WeChat and we get along: tokens, refused calls, quotas, the callback."""

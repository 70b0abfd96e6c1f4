"""What WeChat told us, counted once."""

"""What WeChat says and wants to hear. Knows nothing of the product."""

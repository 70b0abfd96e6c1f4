"""The account's menu in WeChat: edited, checked, published, and how it is used."""

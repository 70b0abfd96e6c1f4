"""What staff manage: channels, their QR codes, many at once, what is replied."""

"""What the machines sent: receiving, filing, studies, thumbnails. Not for what is said of them."""

"""What happens when the machine fails (security §5b), with processes really killed and servers restarted."""

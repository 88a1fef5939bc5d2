"""What the gateway decides by itself: shares, cursors, who calls."""

"""Every provision and every refusal, recorded so that anyone can verify it."""

"""Crashes, two workers, full disks; the history is checked from outside the hub."""

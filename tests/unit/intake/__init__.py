"""Intake decodes, checks and judges as the contract's section on change-notice says."""

"""What leaves the printer: labels with codes, delivery sheets, signs."""

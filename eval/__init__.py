"""Evaluation of medical notes: runs, measures and reports. Nothing else imports it."""

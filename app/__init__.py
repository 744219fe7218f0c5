"""The static site around the page: writes it (`export`) and serves it (`serve`)."""

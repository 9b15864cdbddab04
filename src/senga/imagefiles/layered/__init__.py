"""Documents of painting programs read: their visible picture, or one of their layers."""

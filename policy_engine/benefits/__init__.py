"""What a stay in hospital costs whom: schedules, classes of treatment, and the calculation."""

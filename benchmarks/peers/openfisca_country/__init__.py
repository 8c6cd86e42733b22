"""An OpenFisca country package of the demonstration county: entity, dated parameters, variables with formulas."""

"""Division: what is asked of a study, its grids as plans draw them, their papers."""

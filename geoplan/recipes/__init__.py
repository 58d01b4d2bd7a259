"""The recipes: from a study file to maps and tables, one step a line."""

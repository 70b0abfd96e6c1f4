"""A Django site with the view that tutorials show, its work done through the ORM."""

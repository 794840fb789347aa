"""City folders: what one city's services run on."""

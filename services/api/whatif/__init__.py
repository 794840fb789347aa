"""Ways, times and areas on the roads as they are now, and what a closure would do."""

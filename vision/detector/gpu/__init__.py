"""Networks in torch: many pictures at once, on a graphics processor where there is one."""

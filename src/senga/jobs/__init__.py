"""A verb over many pictures: what it works on, where results go, who does the work, what is kept if it stops."""

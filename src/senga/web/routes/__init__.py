"""Routes of the HTTP API and the page, a file each subject."""

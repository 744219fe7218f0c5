"""Reports over run folders: Markdown, and one HTML page that needs nothing else."""

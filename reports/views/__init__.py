"""Pages of reports: the reading list, the desk, results for whoever asked."""

"""Never twice, never lost: what `make proof` does to find out."""

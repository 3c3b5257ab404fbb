"""What is handed out on paper and as a workbook: figures of a build, read from marts and arranged."""

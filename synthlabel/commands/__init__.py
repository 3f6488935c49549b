"""What the command line's commands do. Each module is imported when its command runs."""

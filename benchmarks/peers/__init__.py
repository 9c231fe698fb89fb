"""What a user would pick instead of matcher. No module here knows matcher: each reads the files for itself."""

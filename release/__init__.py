"""What is tried before a release: the oldest and the newest libraries, known vulnerabilities, the wheel alone."""

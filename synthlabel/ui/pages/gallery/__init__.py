"""All images, newest first."""

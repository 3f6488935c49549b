"""SynthLabel: a self-hosted studio for generating, judging and keeping AI images."""

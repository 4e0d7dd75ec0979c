"""Pictures and video: check, normalise, render, verify. ffmpeg runs only through media.ffmpeg."""

"""How our own tracks are composed, with NumPy. Only `media.music.composing` imports this, in a process of its own."""

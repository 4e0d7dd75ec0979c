"""Approved clips become one film: copied where they agree, encoded anew only where they must be."""

from media.film.facts import FilmFacts, Parts, Transition
from media.film.join import join
from media.film.length import film_seconds

__all__ = ["FilmFacts", "Parts", "Transition", "film_seconds", "join"]

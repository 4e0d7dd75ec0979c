"""The player: a page that shows a project's clips one after the other, for whoever has its link and for its owner."""

"""Credits for money: packs, orders, and payments matched to them, taken back and given back as the vendors tell."""

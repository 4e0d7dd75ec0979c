"""What all vendors reached over HTTP have in common; a vendor's own file holds its wire format and its codes."""

"""The pages a buyer sees."""

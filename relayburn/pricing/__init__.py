"""What tokens cost: the price table, the lookup of a model in it and the cost of a usage."""

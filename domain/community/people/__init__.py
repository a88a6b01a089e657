"""People: who belongs here, what they may do, their badges and shifts. No name and no word about health has a field."""
